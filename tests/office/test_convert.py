"""Old formats by way of LibreOffice; a script stands in for it, and the real one is used where there is one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import openpyxl
import pytest

from hostile_files import ole, workbook, workbook_with
from yici.core.errors import UploadRefused
from yici.office import convert
from yici.office.forms import must_be_converted, read_form, read_form_source


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Puts a script in LibreOffice's place. It is called with the folder as $1 and the upload as $2."""
    program = tmp_path / "soffice"
    program.write_text(f'#!/bin/sh\nwhile [ "$1" != "--outdir" ]; do shift; done\nshift\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setattr(convert, "find_libreoffice", lambda: str(program))
    monkeypatch.setattr("yici.office.forms.find_libreoffice", lambda: str(program))


@pytest.fixture
def old_form(tmp_path: Path) -> Path:
    path = tmp_path / "-花名册 2024.xls"
    path.write_bytes(ole("Workbook") + tmp_path.name.encode())
    return path


def test_without_libreoffice_the_clerk_is_told_what_to_do(old_form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "find_libreoffice", lambda: None)
    with pytest.raises(UploadRefused) as caught:
        read_form(old_form)
    (problem,) = caught.value.problems
    assert problem.code == "no-converter" and ".xlsx" in problem.hint and problem.where.file == old_form.name


def test_the_converted_package_is_what_will_be_patched(
    tmp_path: Path, old_form: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made.xlsx").write_bytes(workbook())
    stand_in(tmp_path, monkeypatch, f'cp {tmp_path}/made.xlsx "$1"/upload.xlsx')
    grid, package = read_form_source(old_form)
    assert grid.kind == "xlsx" and package.suffix == ".xlsx" and package.stem == old_form.stem
    assert package.read_bytes() == (tmp_path / "made.xlsx").read_bytes()
    (tmp_path / "soffice").write_text("#!/bin/sh\nexit 1\n")
    assert read_form_source(old_form)[1] == package


def test_what_conversion_brings_to_light_passes_the_gate_too(
    tmp_path: Path, old_form: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made.xlsx").write_bytes(workbook_with({"xl/externalLinks/externalLink1.xml": "<a/>"}))
    stand_in(tmp_path, monkeypatch, f'cp {tmp_path}/made.xlsx "$1"/upload.xlsx')
    with pytest.raises(UploadRefused) as caught:
        read_form(old_form)
    assert [problem.code for problem in caught.value.problems] == ["external-link"]


@pytest.mark.parametrize("script", ["exit 1", "exit 0", "while :; do :; done"])
def test_a_conversion_that_fails_or_hangs_is_a_refusal(
    tmp_path: Path, old_form: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    stand_in(tmp_path, monkeypatch, script)
    monkeypatch.setattr(convert, "TIMEOUT_S", 0.5)
    with pytest.raises(UploadRefused) as caught:
        read_form(old_form)
    assert [problem.code for problem in caught.value.problems] == ["not-converted"]


def test_who_waits_for_a_conversion_may_end_it(tmp_path: Path, old_form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, f"echo $$ > {tmp_path}/number; while :; do :; done")
    monkeypatch.setattr(convert, "_LOOK_S", 0.01)

    def unwanted() -> None:
        if (tmp_path / "number").exists() and (tmp_path / "number").read_text().strip():
            raise InterruptedError

    with pytest.raises(InterruptedError):
        read_form_source(old_form, unwanted)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "number").read_text()), 0)


def test_which_forms_must_be_converted_is_told_without_reading_them(
    tmp_path: Path, old_form: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "exit 1")
    (tmp_path / "new.xlsx").write_bytes(workbook())
    (tmp_path / "odd.xls").write_bytes(b"no form")
    names = [old_form, tmp_path / "new.xlsx", tmp_path / "odd.xls", tmp_path / "none.xls"]
    assert [must_be_converted(path) for path in names] == [True, False, False, False]
    monkeypatch.setattr("yici.office.forms.find_libreoffice", lambda: None)
    assert not must_be_converted(old_form)


def test_a_form_of_this_kind_needs_no_conversion(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook())
    grid, package = read_form_source(path)
    assert package == path and grid.sheets[0].at(1, 1).text == "姓名1"


def test_an_old_workbook_is_converted_or_refused_with_advice(tmp_path: Path) -> None:
    """With the real LibreOffice where it is installed; without it, what a clerk gets to read there."""
    book = openpyxl.Workbook()
    book["Sheet"]["B2"] = "姓名"
    book.save(tmp_path / "表.xlsx")
    program = convert.find_libreoffice()
    if program is None:
        old = tmp_path / "表.xls"
        old.write_bytes(ole("Workbook"))
        with pytest.raises(UploadRefused, match="另存为"):
            read_form(old)
        return
    old = shutil.copy(tmp_path / "表.xlsx", tmp_path / "upload.xlsx")
    convert._run(program, Path(old), "xls", Path(old))
    grid = read_form(tmp_path / "upload.xls")
    assert grid.sheets[0].at(2, 2).text == "姓名"
