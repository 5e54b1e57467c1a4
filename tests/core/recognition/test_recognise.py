"""Whole forms, drawn as text, and what must be recognised in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from text_table import grid_of

from yici.core.binding.binder import Binder
from yici.core.binding.lexicon import Lexicon, make_lexicon
from yici.core.grid import address
from yici.core.recognition.recognise import recognise
from yici.core.recognition.template import Template
from yici.storage.packs import load_registry

FORMS = yaml.safe_load((Path(__file__).parent / "forms.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return make_lexicon(load_registry())


def filled_by(template: Template) -> dict[str, str]:
    """Cell → what fills it for certain, "?" for nothing; remarks and signatures left out."""
    shown = {}
    for area in template.areas:
        for slot in area.slots:
            binding = slot.binding
            if not binding.human:
                certain = binding.element if binding.certain else None
                shown[address(slot.row, slot.col)] = binding.fact or certain or "?"
    return shown


@pytest.mark.parametrize("form", FORMS, ids=[form["name"] for form in FORMS])
def test_form(form: dict[str, Any], lexicon: Lexicon) -> None:
    template = recognise(grid_of(form["table"]), lexicon)
    assert filled_by(template) == {str(cell): element for cell, element in form["slots"].items()}
    assert sorted(area.kind for area in template.areas) == sorted(form["kinds"])
    main = max(template.areas, key=lambda area: len(area.slots))
    for fact in ("subject", "first_row", "blank_rows", "repeat"):
        if fact in form:
            assert getattr(main, fact) == form[fact], fact


def test_the_same_form_has_the_same_fingerprint(lexicon: Lexicon) -> None:
    table = FORMS[0]["table"]
    assert recognise(grid_of(table), lexicon).fingerprint == recognise(grid_of(table), lexicon).fingerprint
    other = table.replace("残疾人证号", "联系电话")
    assert recognise(grid_of(other), lexicon).fingerprint != recognise(grid_of(table), lexicon).fingerprint


def test_a_confirmed_binding_wins(lexicon: Lexicon) -> None:
    table = "姓名 | 身份证号 | 本村职务\n | |\n | |"
    confirmed: dict[str, str | None] = {"Sheet1!C2": "person.occupation", "Sheet1!B2": None}
    template = recognise(grid_of(table), lexicon, confirmed=confirmed)
    assert filled_by(template) == {"A2": "person.name", "B2": "?", "C2": "person.occupation"}


def test_a_learnt_word_binds_everywhere() -> None:
    lexicon = make_lexicon(load_registry(), {("本村职务", "person"): "person.occupation"})
    template = recognise(grid_of("姓名 | 身份证号 | 本村职务\n | |\n | |"), lexicon)
    assert filled_by(template)["C2"] == "person.occupation"


def test_why_a_slot_is_not_filled_is_said(lexicon: Lexicon) -> None:
    template = recognise(grid_of("姓名 | 身份证号 | 联系电话（紧急联系人）\n | |\n | |"), lexicon)
    slot = template.areas[0].slots[2]
    assert not slot.binding.certain
    assert any("left over" in words for words in slot.binding.evidence)


@pytest.mark.parametrize("subject", ["person", "household"])
@pytest.mark.parametrize(
    "word",
    ["父亲务工单位", "母亲务工地点", "房东姓名", "房东身份证号", "妻子姓名", "儿子务工单位",
     "邻居电话", "监护人务工单位", "校长姓名", "爷爷联系方式"],
)  # fmt: skip
def test_somebody_else_s_attribute_is_not_offered_as_the_subject_s_own(
    word: str, subject: str, lexicon: Lexicon
) -> None:
    binding = Binder(lexicon).bind((word,), subject=subject)
    assert not binding.certain
    # Nothing is offered, or what the pool keeps of that very party.
    assert all(word[:2] in candidate.alias for candidate in binding.candidates)


@pytest.mark.parametrize(
    ("path", "element"),
    [(("监护人姓名",), "person.guardian_name"), (("户主姓名",), "household.head_name"), (("学生姓名",), "person.name"),
     (("务工单位",), "person.employer"), (("监护人情况", "姓名"), "person.guardian_name")],
)  # fmt: skip
def test_a_party_the_pool_keeps_is_known(path: tuple[str, ...], element: str, lexicon: Lexicon) -> None:
    binding = Binder(lexicon).bind(path, subject="person")
    assert (binding.element, binding.certain) == (element, True)
