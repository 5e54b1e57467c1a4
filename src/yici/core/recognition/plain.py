"""A recognised form as plain JSON and back, so that it can be kept beside the form it was recognised in."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from yici.core.recognition.template import Template


def template_to_json(template: Template) -> list[Any]:
    """A JSON value from which `template_from_json` makes the same template again."""
    plain: list[Any] = _plain(template)
    return plain


def template_from_json(data: Any) -> Template:
    """The inverse of `template_to_json`. Raises TypeError, ValueError for what is no template of this program."""
    found = _made(Template, data)
    assert isinstance(found, Template)
    return found


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


def _made(kind: Any, data: Any) -> Any:
    """What `_plain` made of a value of that type."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return None if data is None else _made(next(part for part in parts if part is not NoneType), data)
    if origin is list:
        return [_made(parts[0], one) for one in data]
    if origin is tuple:
        return tuple(_made(parts[0], one) for one in data)
    if is_dataclass(kind) and isinstance(kind, type):
        return kind(*(_made(part, one) for part, one in zip(_types(kind), data, strict=True)))
    return data


@lru_cache(maxsize=64)
def _types(kind: type) -> tuple[Any, ...]:
    hints = get_type_hints(kind)
    return tuple(hints[field.name] for field in fields(kind))
