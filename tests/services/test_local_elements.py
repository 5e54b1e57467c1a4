"""The steward makes what a form asks for into an element: it binds, is asked once, and its answers are in the pool."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from sending import publish

from kept_homes import prepared
from yici.core.access.actors import Actor, Post, Role
from yici.core.errors import Conflict, Refused
from yici.core.local_elements import NewElement, is_local
from yici.core.manifest import BatchFacts
from yici.services.auditing import audit_lines
from yici.services.backups import make_backup, restore_backup
from yici.services.collecting.answering import Answer, answer
from yici.services.collecting.proposals import Proposal, decide, get_collection, propose
from yici.services.collecting.questions import questions_for
from yici.services.ledgers import import_ledger
from yici.services.local_elements import add_element, place_of, unregistered
from yici.services.pool import open_pool
from yici.services.register import elements_shown
from yici.services.units import add_units
from yici.storage.packs import load_registry

NOW, TODAY = datetime(2026, 3, 2, 9, tzinfo=UTC), date(2026, 3, 2)
OFFICER = Actor(1, "zhou", posts=(Post(Role.OFFICER, organisation="民政局"),))
STEWARD = Actor(2, "chen", posts=(Post(Role.STEWARD),))
CLERK = Actor(3, "wang", posts=(Post(Role.CLERK, unit="柳东村"),), units=frozenset({"柳东村"}))
LI = "11010519491231002X"
LISTED = Proposal(
    "走访", "民政局", "发放慰问品", "年龄 >= 60", "民统1表", "市统计局", "市统字〔2026〕1号", date(2027, 1, 1)
)
HIVES = NewElement(
    "person", "养殖蜂箱数", "integer", "本人饲养的蜜蜂的箱数", "农业农村部门", unit="箱", word="蜂箱几箱"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = tmp_path / "home"
    monkeypatch.setenv("YICI_HOME", str(home))
    prepared(home, "a village with one person", lambda: bring(home, tmp_path / "人口.csv"))
    yield home


def bring(home: Path, ledger: Path) -> None:
    add_units(home=home, actor="甲", parent="柳河镇", children=["柳东村"])
    ledger.write_text(f"村,户编号,姓名,身份证号,与户主关系\n柳东村,H1,李一,{LI},户主", "utf-8")
    import_ledger(path=ledger, facts=BatchFacts("公安局", date(2026, 1, 1)), home=home, registry=load_registry(),
                  actor="甲")  # fmt: skip
    open_pool(home).projection().close()  # What follows reads golden records that are there already.


def command(*words: str) -> str:
    """What another process prints."""
    code = "from yici.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def blank(folder: Path, *columns: str) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["老年人走访花名册"])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=3 + len(columns))
    sheet.append(["序号", "姓名", "身份证号码", *columns])
    file = folder / f"走访{len(columns)}.xlsx"
    book.save(file)
    return file


def send(home: Path, form: Path) -> int:
    """Propose, approve and send out a form."""
    number = propose(actor=OFFICER, home=home, file=form, proposal=LISTED)
    decide(actor=STEWARD, home=home, number=number, step="approve", now=NOW)
    publish(actor=OFFICER, home=home, number=number, units=["柳东村"], as_of=TODAY, days=5, now=NOW)
    return number


def asked(home: Path) -> list[tuple[str, str, str]]:
    """(element, words, kind of input) of everything the clerk is asked."""
    groups = questions_for(actor=CLERK, home=home)
    return [(one.element, one.words, one.kind) for group in groups for one in group.questions]


def test_a_word_nobody_has_becomes_an_element_that_is_asked_once_and_kept(home: Path, tmp_path: Path) -> None:
    number = propose(actor=OFFICER, home=home, file=blank(tmp_path, "蜂箱几箱"), proposal=LISTED)
    (word,) = unregistered(home=home)
    assert (word.word, word.collections, list(word.organisations)) == ("蜂箱几箱", {number: "走访"}, ["民政局"])
    assert place_of(home=home, word="蜂箱几箱").subjects == ("person",)
    identity = add_element(actor=STEWARD, home=home, new=HIVES)
    assert is_local(identity)
    assert unregistered(home=home) == []
    (entry,) = [one for one in get_collection(home=home, number=number).form.fields if one["label"] == "蜂箱几箱"]
    assert (entry["means"], entry["kind"]) == (identity, "element")
    (shown,) = elements_shown(home=home, words="养殖蜂箱数")
    assert (shown.forms, shown.local) == (1, True)

    decide(actor=STEWARD, home=home, number=number, step="approve", now=NOW)
    publish(actor=OFFICER, home=home, number=number, units=["柳东村"], as_of=TODAY, days=5, now=NOW)
    assert asked(home) == [(identity, "养殖蜂箱数", "number")]
    wrong = answer(
        actor=CLERK, home=home, submission="submission-0", answers=[Answer("很多", identity, LI)], today=TODAY
    )
    assert wrong.problems
    told = answer(actor=CLERK, home=home, submission="submission-1", answers=[Answer("12", identity, LI)], today=TODAY)
    assert told.accepted == 1
    with open_pool(home).projection() as projection:
        rows = projection.con.execute(f'SELECT "{identity}" FROM person WHERE key = ?', [LI]).fetchall()
    assert rows == [(12,)]
    # The next form that asks the same, by its name or by the word of the first form, asks nobody.
    send(home, blank(tmp_path, "养殖蜂箱数"))
    send(home, blank(tmp_path, "蜂箱几箱"))
    assert asked(home) == []


def test_it_is_there_for_every_process_and_after_a_backup(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                          database: str) -> None:  # fmt: skip
    options = NewElement(
        "household", "取暖方式", "code", "本户冬季主要的取暖方式", "住建部门", options=("燃气", "电", "煤")
    )
    identity = add_element(actor=STEWARD, home=home, new=options)
    said = command("elements", "show", "取暖方式")
    assert identity in said
    assert "燃气" in said
    assert "没有问题" in command("elements", "check")
    make_backup(actor="甲", home=home, out=tmp_path / "b.zip")
    if database == "sqlite":
        there = tmp_path / "there"
        monkeypatch.setenv("YICI_HOME", str(there))
        assert identity not in load_registry().elements
        restore_backup(actor="甲", home=there, source=tmp_path / "b.zip")
        element = load_registry().elements[identity]
        assert [code.label for code in load_registry().codes_of(element)] == ["燃气", "电", "煤"]


def test_only_the_steward_adds_and_the_audit_says_so(home: Path) -> None:
    for actor in (OFFICER, CLERK):
        with pytest.raises(Refused):
            add_element(actor=actor, home=home, new=HIVES)
    assert not (home / "packs").exists()
    identity = add_element(actor=STEWARD, home=home, new=HIVES)
    last = audit_lines(home=home, limit=1000)[-1]
    assert (last.actor, last.action, last.thing) == ("chen", "element.add", identity)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"name": "联系电话"}, "local-taken"), ({"word": "身份证号"}, "local-taken"), ({"name": "1号"}, "local-name"),
     ({"kind": "decimal", "unit": ""}, "local-unit"), ({"kind": "phone"}, "local-kind"), ({"kind": ""}, "local-kind"),
     ({"kind": "code"}, "local-options"), ({"kind": "code", "options": ("有", "有")}, "local-options"),
     ({"kind": "code", "codes": "nothing"}, "local-codes"), ({"subject": "cow"}, "local-subject"),
     ({"definition": " "}, "local-definition"), ({"authority": ""}, "local-authority"),
     ({"sensitivity": "高"}, "local-grade"), ({"word": "有 空格"}, "local-word"),
     ({"name": "数量"}, "local-word"), ({"word": "情况"}, "local-word"),
     ({"name": "少数民族人口"}, "local-counted")],
)  # fmt: skip
def test_what_stands_against_it_is_told_and_nothing_is_written(home: Path, wrong: dict[str, str], code: str) -> None:
    with pytest.raises(Conflict) as caught:
        add_element(actor=STEWARD, home=home, new=replace(HIVES, **wrong))  # type: ignore[arg-type]
    assert code in {problem.code for problem in caught.value.problems}
    assert [path for path in (home / "packs").rglob("*") if path.is_file()] == []
    assert audit_lines(home=home, limit=1000)[-1].action != "element.add"


def test_the_second_of_two_who_add_the_same_is_told(home: Path) -> None:
    add_element(actor=STEWARD, home=home, new=HIVES)
    with pytest.raises(Conflict, match="养殖蜂箱数"):
        add_element(actor=STEWARD, home=home, new=HIVES)
    second = replace(HIVES, name="养殖羊只数", word="养羊几只", unit="只")
    assert len({add_element(actor=STEWARD, home=home, new=second), HIVES.id}) == 2
    assert {HIVES.id, second.id} <= set(load_registry().elements)


def test_what_somebody_wrote_into_the_pack_by_hand_stays(home: Path) -> None:
    add_element(actor=STEWARD, home=home, new=HIVES)
    file = home / "packs" / "added-on-pages" / "elements.csv"
    text = file.read_text("utf-8").replace("definition\n", "definition,note\n").replace("的箱数\n", "的箱数,请核对\n")
    file.write_text("\ufeff" + text, "utf-8")
    add_element(actor=STEWARD, home=home, new=replace(HIVES, name="养殖羊只数", word="", unit="只"))
    lines = file.read_text("utf-8").splitlines()
    assert lines[1].endswith(",请核对")
    assert "养殖羊只数" in lines[2]


def test_an_element_that_a_process_cannot_read_is_not_added(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YICI_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(Conflict, match="没有读到"):
        add_element(actor=STEWARD, home=home, new=HIVES)
    assert [path for path in (home / "packs").rglob("*") if path.is_file()] == []
    assert audit_lines(home=home, limit=1000)[-1].action != "element.add"
