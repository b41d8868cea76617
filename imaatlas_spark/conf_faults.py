"""What pydantic finds wrong, as sentences for who wrote the file: the place, what is expected, what was found."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

_EXPECTED: Mapping[str, str] = {
    "model_type": "a table of its own keys is expected",
    "model_attributes_type": "a table of its own keys is expected",
    "dict_type": "a table of its own keys is expected",
    "tuple_type": "a list is expected",
    "list_type": "a list is expected",
    "string_type": "text in quotes is expected",
    "int_type": "a whole number is expected",
    "int_parsing": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "bool_type": "true or false is expected",
    "bool_parsing": "true or false is expected",
    "decimal_type": "a number is expected",
    "decimal_parsing": "a number is expected",
    "float_type": "a number is expected",
    "date_type": "a date is expected, as in 2025-09-05",
    "date_from_datetime_parsing": "a date is expected, as in 2025-09-05",
    "date_from_datetime_inexact": "a date is expected, as in 2025-09-05",
    "date_parsing": "a date is expected, as in 2025-09-05",
    "is_instance_of": "something else is expected",
}


def in_sentences(error: ValidationError, place: str = "", model: type[BaseModel] | None = None) -> list[str]:
    """A sentence for each fault; `place` stands before those that pydantic names."""
    faults = error.errors(include_url=False)
    return list(dict.fromkeys(_sentence(fault, place, model) for fault in faults))


def _sentence(fault: Mapping[str, Any], place: str, model: type[BaseModel] | None) -> str:
    where = [place] if place else []
    path = fault["loc"]
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        *table, name = map(str, path)
        known = _known_keys(model, path[:-1])
        return (
            ", ".join([*where, *([".".join(table)] if table else [])]) + _colon(where or table) + _unknown(name, known)
        )
    inside = ".".join(map(str, path))
    said = _said(kind, context, fault)
    return ", ".join([*where, *([inside] if inside else [])]) + _colon(where or inside) + said


def _colon(anything: Any) -> str:
    return ": " if anything else ""


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    meant = f" (is it {near[0]}?)" if near else ""
    return f"unknown key {name}{meant}" + (f": known are {', '.join(known)}" if known else "")


def _said(kind: str, context: Mapping[str, Any], fault: Mapping[str, Any]) -> str:
    if kind == "missing":
        return "is missing: it is required"
    if kind in {"value_error", "assertion_error"}:
        return str(context["error"])
    empty = not fault["input"] or not str(fault["input"]).strip()
    if kind in {"too_short", "string_too_short"} and empty:
        return "is empty: it is required"
    return f"{_expected(kind, context, str(fault['msg']))}; found {shown(fault['input'])}"


def _expected(kind: str, context: Mapping[str, Any], said_by_pydantic: str) -> str:
    if kind == "literal_error":
        return f"{context['expected']} is expected"
    if kind == "string_pattern_mismatch":
        return f"text of the form {context['pattern']} is expected"
    return _EXPECTED.get(kind, said_by_pydantic.replace("Input should", "it must").replace("Value should", "it must"))


def shown(value: Any) -> str:
    """A value as it would be written, not too long."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = repr(value)
    elif isinstance(value, Mapping):
        text = "a table"
    elif isinstance(value, (list, tuple)):
        text = f"[{', '.join(map(shown, value))}]"
    elif isinstance(value, BaseModel):
        text = "a table"
    else:
        text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _known_keys(model: type[BaseModel] | None, path: tuple[Any, ...]) -> list[str]:
    """The keys of the table that `path` leads to; none where it cannot be told."""
    for step in path:
        if model is None:
            return []
        if isinstance(step, int):
            continue
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        model = _model_in(fields[step].annotation) if step in fields else None
    return [] if model is None else [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The one model that an annotation speaks of: itself, or inside a tuple or a union with None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for each in get_args(annotation) if (model := _model_in(each)) is not None), None)
