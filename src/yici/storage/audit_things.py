"""What the things of audit lines are called: collections, files, applications. Of people nothing is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from yici.storage.audit import Line
from yici.storage.host import models

Names = Mapping[str, str]


def names_of_things(lines: Sequence[Line]) -> list[str]:
    """What the thing of each line is called, in their order; "" where nothing is known or it is about a person."""
    wanted: dict[str, set[str]] = {}
    for line in lines:
        wanted.setdefault(_kind(line.action), set()).add(line.thing)
    known = {kind: _KINDS[kind](sorted(things)) for kind, things in wanted.items() if kind in _KINDS}
    return [known.get(_kind(line.action), {}).get(line.thing, "") for line in lines]


def _kind(action: str) -> str:
    """What the thing of an action is: mostly what stands before the point."""
    return _ELSEWHERE.get(action, action.split(".")[0])


def _collections(things: Sequence[str]) -> Names:
    rows = models.Collection.objects.filter(pk__in=_numbers(things))
    return {str(number): name for number, name in rows.values_list("pk", "name")}


def _fillings(things: Sequence[str]) -> Names:
    rows = models.Filling.objects.filter(pk__in=_numbers(things))
    told = rows.values_list("pk", "collection__name", "unit")
    return {str(number): f"{name} · {unit}" for number, name, unit in told}


def _batches(things: Sequence[str]) -> Names:
    return dict(models.Batch.objects.filter(content__in=things).values_list("content", "file_name"))


def _apps(things: Sequence[str]) -> Names:
    rows = models.App.objects.filter(pk__in=_numbers(things))
    return {str(number): name for number, name in rows.values_list("pk", "name")}


def _received(things: Sequence[str]) -> Names:
    rows = models.OutsideUse.objects.filter(pk__in=_numbers(things))
    return {str(number): title for number, title in rows.values_list("pk", "demand__title")}


def _demands(things: Sequence[str]) -> Names:
    rows = models.OutsideDemand.objects.filter(pk__in=_numbers(things))
    return {str(number): title for number, title in rows.values_list("pk", "title")}


def _numbers(things: Sequence[str]) -> list[int]:
    return [int(thing) for thing in things if thing.isdecimal()]


_KINDS: Mapping[str, Callable[[Sequence[str]], Names]] = {
    "collection": _collections, "filling": _fillings, "batch": _batches, "app": _apps, "received": _received,
    "outside": _demands,
}  # fmt: skip
_ELSEWHERE: Mapping[str, str] = {"again.say": "collection", "outside.fill": "received", "outside.receive": "received"}
