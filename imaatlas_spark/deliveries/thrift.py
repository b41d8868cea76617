"""Thrift's compact protocol, in which the footer of a Parquet file is written, as plain values.

In Python, as a flipped bit must be a refusal: the Parquet library ends the whole process at values that it does not
know, and nothing can catch that.
"""

import struct

Value = int | float | bytes | list["Value"] | dict[int, "Value"]
Fields = dict[int, Value]  # by their numbers

_STOP, _TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _, _STRUCT = range(13)
_LONG = 15  # elements of a list: then their number stands by itself
_MOST_BITS = 70  # of a number in groups of seven


class Unreadable(ValueError):
    """Bytes that are not what they should be."""


def fields_of(content: bytes) -> Fields:
    """The structure that begins with the first byte. Raises Unreadable."""
    try:
        return _Compact(content).fields()
    except (IndexError, struct.error, RecursionError) as error:
        raise Unreadable("it ends before its end") from error


class _Compact:
    def __init__(self, content: bytes) -> None:
        self._content, self._place = content, 0

    def fields(self) -> Fields:
        found: Fields = {}
        number = 0
        while (head := self._byte()) & 15 != _STOP:
            number = number + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            found[number] = kind if kind in {_TRUE, _FALSE} else self._value(kind)
        return found

    def _value(self, kind: int) -> Value:
        if kind in {_I16, _I32, _I64}:
            return self._signed()
        if kind == _BINARY:
            return self._bytes(self._unsigned())
        if kind == _STRUCT:
            return self.fields()
        if kind in {_LIST, _SET}:
            return self._elements()
        if kind == _DOUBLE:
            return float(struct.unpack("<d", self._bytes(8))[0])
        if kind in {_TRUE, _FALSE, _BYTE}:  # in a list a truth is a byte
            return self._byte()
        raise Unreadable(f"no footer holds a value of the kind {kind}")

    def _elements(self) -> list[Value]:
        head = self._byte()
        number = self._unsigned() if head >> 4 == _LONG else head >> 4
        return [self._value(head & 15) for _ in range(number)]

    def _byte(self) -> int:
        self._place += 1
        return self._content[self._place - 1]

    def _bytes(self, number: int) -> bytes:
        self._place += number
        if self._place > len(self._content):
            raise IndexError
        return self._content[self._place - number : self._place]

    def _unsigned(self) -> int:
        value = 0
        for shift in range(0, _MOST_BITS, 7):
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise Unreadable("a number without an end")

    def _signed(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)
