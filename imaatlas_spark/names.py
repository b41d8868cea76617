"""Words that come from outside (names, arguments) as they are told: in one line, without control characters."""

import unicodedata

# Control characters, halves of characters (bytes that are no UTF-8), and what ends a line or a paragraph.
_UNSHOWABLE = {"Cc", "Cs", "Zl", "Zp"}
_LONGEST_VALUE = 12  # characters of a value that a refusal may quote
_DIGITS_OF_A_PERSON = 7  # from so many digits on a value may be a person's, or her day of birth


def is_showable(text: str) -> bool:
    """No control character, no end of a line, nothing that is no UTF-8."""
    return (text.isascii() and text.isprintable()) or not any(map(_is_unshowable, text))


def shown(text: str) -> str:
    """The text with what cannot be shown written as its number: `part\\x0a.parquet`."""
    return "".join(_escaped(each) if _is_unshowable(each) else each for each in text)


def listed(names: list[str], most: int = 5) -> str:
    """`a, b, c`, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(shown, names[:most])) + more


def is_tellable(value: str) -> bool:
    """A value too short for a name or a number of a person, whatever stands between its digits."""
    return len(value) <= _LONGEST_VALUE and sum(map(str.isdigit, value)) < _DIGITS_OF_A_PERSON


def _is_unshowable(character: str) -> bool:
    return unicodedata.category(character) in _UNSHOWABLE


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
