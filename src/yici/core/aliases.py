"""Composing aliases by rule: one pattern stands for every spelling that its parts allow.

A pattern is written as the words appear in a heading, with

- `[a|b]` for alternatives, one of which may be empty: `身份证[号|号码|]` is 身份证号, 身份证号码, 身份证;
- `{name}` for a class of words defined once: `{老人}姓名` is 老人姓名, 老年人姓名, ….

A pattern without either is simply a listed alias.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

_PART = re.compile(r"\[([^\[\]]*)\]|\{([^{}]*)\}|([^\[\]{}]+)")


class PatternError(ValueError):
    """A pattern that cannot be expanded; the message is for the person who wrote it."""


def expand(pattern: str, words: Mapping[str, Sequence[str]]) -> list[str]:
    """Every spelling the pattern stands for, in order. `words` maps the name of each class to its words.

    Raises PatternError when a bracket is left open or a class is not defined.
    """
    if "[" not in pattern and "{" not in pattern:
        _refuse_stray_brackets(pattern)
        return [pattern]
    choices: list[Sequence[str]] = []
    end = 0
    for part in _PART.finditer(pattern):
        if part.start() != end:
            break
        end = part.end()
        choices.append(_choices(part, words))
    if end != len(pattern):
        raise PatternError(f"“{pattern}”的括号不成对。")
    return ["".join(parts) for parts in product(*choices)]


def compose(patterns: Iterable[str], words: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The distinct spellings of several patterns, in the order they were first written."""
    return tuple(dict.fromkeys(spelling for pattern in patterns for spelling in expand(pattern, words)))


def _choices(part: re.Match[str], words: Mapping[str, Sequence[str]]) -> Sequence[str]:
    alternatives, name, literal = part.groups()
    if literal is not None:
        return [literal]
    if name is not None:
        if name not in words:
            raise PatternError(f"没有词类“{{{name}}}”。")
        return words[name]
    # An alternative may itself name a class: [{老人}|居民]姓名.
    return [spelling for each in alternatives.split("|") for spelling in (expand(each, words) if each else [""])]


def _refuse_stray_brackets(pattern: str) -> None:
    if "]" in pattern or "}" in pattern:
        raise PatternError(f"“{pattern}”的括号不成对。")
