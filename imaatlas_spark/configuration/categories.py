"""Sets of profession codes (PRACTITIONER_CAT): single codes and ranges of them (definitions, section 2.5)."""

import re
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BeforeValidator

_PART = re.compile(r"([0-9]{2})(?:-([0-9]{2}))?")


def expanded(parts: Any) -> tuple[str, ...]:
    """The codes that `["10-19"]` or `["10", "30"]` name, ascending. Two codes are two codes, never a range."""
    if not isinstance(parts, (list, tuple)) or not parts:
        raise ValueError(f'write a list of codes and ranges, as in ["10-19"] or ["10", "30"]; found {parts!r}')
    codes = [code for part in parts for code in _codes_of(part)]
    twice = {code for code in codes if codes.count(code) > 1}
    if twice:
        raise ValueError(f"code {min(twice)} is named twice: once is enough")
    return tuple(sorted(codes))


def _codes_of(part: Any) -> list[str]:
    match = _PART.fullmatch(part) if isinstance(part, str) else None
    if match is None:
        raise ValueError(f'{part!r} is neither a code of two digits nor a range of them: write "10" or "10-19"')
    first, last = match[1], match[2] or match[1]
    if last < first:
        raise ValueError(f'the range "{part}" runs backwards: write "{last}-{first}"')
    return [f"{code:02}" for code in range(int(first), int(last) + 1)]


Categories = Annotated[tuple[str, ...], BeforeValidator(expanded)]


def ranges(codes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The codes as few ranges: first and last of each; a single code is both."""
    starts = [codes[0], *(later for earlier, later in pairwise(codes) if int(later) - int(earlier) > 1)]
    ends = [*(earlier for earlier, later in pairwise(codes) if int(later) - int(earlier) > 1), codes[-1]]
    return tuple(zip(starts, ends, strict=True))
