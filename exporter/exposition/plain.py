"""Text kept from one uncompressed scrape to the next: inflating it costs more than sending it."""

from collections.abc import Iterator

from exporter.exposition.deflate import Body, inflate

MOST = 96 * 1024 * 1024  # bytes of text, which 700,000 series have


class Plain:
    """The texts of parts that the last uncompressed answer had, by their compressed bytes.

    For one thread, the event loop's.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[bytes, bytes] = {}

    def texts(self, body: Body) -> Iterator[bytes]:
        """The text of ``body``, a part at a time; only what has changed since the last time is inflated."""
        kept: dict[bytes, bytes] = {}
        room = self._most
        try:
            for part in body.parts:
                # Popped, so that both generations together stay within the bound.
                text = self._kept.pop(part.data, None) or inflate(part)
                if part.length <= room:
                    kept[part.data] = text
                    room -= part.length
                yield text
        finally:
            self._kept = kept

    def forget(self) -> None:
        """Give the memory back."""
        self._kept = {}
