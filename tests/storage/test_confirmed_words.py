"""Words confirmed for one form: one word may mean two things in two places of it."""

from __future__ import annotations

from pathlib import Path

from yici import storage
from yici.services.units import add_units
from yici.storage.confirmed_words import confirm_word, recognition_stamp, withdraw_word, words_in_force


def confirm(subject: str, meaning: str, *cells: str) -> int:
    return confirm_word(
        form="f", scope="own:王", title="表", word="编号", alias="", subject=subject, meaning=meaning,
        cells=dict.fromkeys(cells, meaning), by="王",
    )  # fmt: skip


def test_a_word_is_settled_for_each_of_its_places_and_once_more_for_the_same_cells(tmp_path: Path) -> None:
    storage.setup(tmp_path)
    people, homes = confirm("person", "person.id_number", "表!A2"), confirm("household", "household.number", "表!F2")
    assert [row.id for row in words_in_force("f", ["own:王"])] == [people, homes]
    again = confirm("person", "person.disability_number", "表!A2")
    assert [row.id for row in words_in_force("f", ["own:王"])] == [homes, again]


def test_what_a_recognition_goes_by_has_a_stamp_that_changes_with_it(tmp_path: Path) -> None:
    storage.setup(tmp_path)
    stamps = [recognition_stamp()]
    word = confirm("person", "person.id_number", "表!A2")
    stamps.append(recognition_stamp())
    assert withdraw_word(word, by="王")
    stamps.append(recognition_stamp())
    add_units(home=tmp_path, actor="王", parent="柳河镇", children=["柳东村"])
    stamps.append(recognition_stamp())
    assert len(set(stamps)) == 4 and recognition_stamp() == stamps[-1]
