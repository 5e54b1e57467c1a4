"""Which forms ask the same again: every one that shares a field, but not by names, numbers and phones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yici.services.collecting.alike import MOST, alike
from yici.storage.packs import load_registry

REGISTRY = load_registry()
WHO = [("姓名", "person.name"), ("身份证号", "person.id_number"), ("联系电话", "")]


@dataclass
class Form:
    id: int
    fields: tuple[dict[str, str], ...]


@dataclass
class Row:
    id: int
    form: Form
    name: str = "表"
    organisation: str = "卫健局"


def fields(*asked: tuple[str, str]) -> tuple[dict[str, str], ...]:
    return tuple({"label": label, "means": means} for label, means in asked)


def told(mine: tuple[dict[str, str], ...], *others: Row) -> Any:
    return alike(mine, others, REGISTRY)  # type: ignore[arg-type]


def test_every_form_that_shares_a_field_is_told_most_first() -> None:
    mine = fields(*WHO, ("性别", "person.sex"), ("血型", ""), ("学历", "person.education"), ("鞋码", ""))
    rows = (
        Row(9, Form(9, fields(*WHO))),
        Row(8, Form(8, fields(*WHO, ("男/女", "person.sex")))),
        Row(7, Form(7, fields(*WHO, ("体检/血型", ""), ("性别", "person.sex")))),
        # The month before of the same form.
        Row(6, Form(7, fields(*WHO, ("血型", "")))),
    )
    found = told(mine, *rows)
    assert [(one.collection, one.fields) for one in found.named] == [(7, ("性别", "血型")), (8, ("性别",))]
    assert (found.named[0].share, found.all, found.more) == (0.5, 2, 0)


def test_a_list_of_names_and_numbers_is_compared_by_these() -> None:
    assert [one.share for one in told(fields(*WHO), Row(1, Form(1, fields(*WHO)))).named] == [1.0]


def test_how_many_are_not_named_is_told() -> None:
    others = [Row(number, Form(number, fields(("血型", "")))) for number in range(MOST + 3)]
    found = told(fields(("血型", "")), *others)
    assert (len(found.named), found.all, found.more) == (MOST, MOST + 3, 3)
