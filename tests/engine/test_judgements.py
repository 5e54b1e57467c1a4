"""What a person judges about who is who goes before what the rows suggest, and can be taken back."""

from __future__ import annotations

from pathlib import Path

from small_pool import add, golden, id_number

from yici import storage
from yici.services.judgements import judge_subjects

ONE, OTHER = id_number("370982", "19500101", 123), id_number("370982", "19500101", 124)
ROW = {"person.name": "李一", "person.birth_date": "1950-01-01", "_village": "柳东村", "person.phone": "13800001111"}


def judge(home: Path, left: str, right: str, same: bool | None) -> None:
    judge_subjects(home=home, actor="王", subject="person", left=left, right=right, same=same)


def test_a_row_judged_different_is_kept_apart_until_that_is_taken_back(tmp_path: Path) -> None:
    storage.setup(tmp_path)
    add(tmp_path, "公安局", "2026-01-01", [{"person.id_number": ONE, "person.name": "李一", "_village": "柳东村"}])
    row = add(tmp_path, "民政局", "2026-01-02", [ROW])
    assert golden(tmp_path, "person")[ONE]["person.phone"] == "13800001111"
    judge(tmp_path, f"?{row.batch[:8]}-1", ONE, False)
    people = golden(tmp_path, "person")
    assert "person.phone" not in people[ONE]
    (apart,) = people.keys() - {ONE}
    assert apart.startswith("?")
    judge(tmp_path, f"?{row.batch[:8]}-1", ONE, None)
    assert golden(tmp_path, "person").keys() == {ONE}


def test_rows_that_fit_two_people_wait_and_join_whom_a_person_names(tmp_path: Path) -> None:
    storage.setup(tmp_path)
    both = [{"person.id_number": key, "person.name": "李一", "_village": "柳东村"} for key in (ONE, OTHER)]
    add(tmp_path, "公安局", "2026-01-01", both)
    add(tmp_path, "民政局", "2026-01-02", [ROW])
    (apart,) = golden(tmp_path, "person").keys() - {ONE, OTHER}
    judge(tmp_path, apart, OTHER, True)
    people = golden(tmp_path, "person")
    assert people.keys() == {ONE, OTHER}
    assert people[OTHER]["person.phone"] == "13800001111"


def test_two_numbers_judged_the_same_are_one_person_with_both_on_record(tmp_path: Path) -> None:
    storage.setup(tmp_path)
    add(tmp_path, "公安局", "2026-01-01", [{"person.id_number": ONE, "person.education": "小学"}])
    add(tmp_path, "民政局", "2026-01-02", [{"person.id_number": OTHER, "person.education": "初中"}])
    judge(tmp_path, ONE, OTHER, True)
    people = golden(tmp_path, "person")
    assert people.keys() == {ONE}
    assert people[ONE]["person.education"] == "初中"
