"""Text kept from one uncompressed scrape to the next: inflating it costs more than sending it."""

from collections.abc import Iterator

from exporter.exposition.deflate import Body, Part, inflate

MOST = 96 * 1024 * 1024  # bytes of text, which 700,000 series have


class Plain:
    """The texts of parts that the last uncompressed answer had, by their compressed bytes.

    One copy for all who are being answered, however slowly they read. For one thread, the event loop's.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = self._room = most
        self._kept: dict[bytes, bytes] = {}

    def texts(self, body: Body) -> Iterator[bytes]:
        """The text of ``body``, a part at a time; only what has changed since the last time is inflated."""
        wanted = {part.data for part in body.parts}
        self._kept = {data: text for data, text in self._kept.items() if data in wanted}
        self._room = self._most - sum(map(len, self._kept.values()))
        return map(self._text, body.parts)

    def _text(self, part: Part) -> bytes:
        text = self._kept.get(part.data)
        if text is None:
            text = inflate(part)
            if len(text) <= self._room:
                self._kept[part.data] = text
                self._room -= len(text)
        return text

    def forget(self) -> None:
        """Give the memory back."""
        self._kept = {}
