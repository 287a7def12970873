"""A string that does not print."""

MASK = "<secret>"


class Secret:
    """A secret string: ``repr``, ``str`` and ``format`` give ``<secret>``; only ``reveal`` gives the value.

    Not a dataclass, because ``dataclasses.asdict`` would walk into it and hand the value out.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __bool__(self) -> bool:
        return bool(self._value)
