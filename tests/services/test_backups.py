"""A backup holds everything and is restored whole, from either database into either; a damaged one changes nothing."""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from yici.core.errors import Conflict, UploadRefused
from yici.core.manifest import BatchFacts
from yici.services.auditing import audit_lines, verify_audit
from yici.services.backups import CONTENTS, check_backup, make_backup, restore_backup
from yici.services.batches import batches_of
from yici.services.health import examine
from yici.services.ledgers import import_ledger
from yici.services.records import edit_subject, show_subject
from yici.services.units import add_units, units_of
from yici.storage.batch_files import hash_file, keep_original, original_path
from yici.storage.database import open_database
from yici.storage.host import models
from yici.storage.packs import load_registry

REGISTRY = load_registry()
LI = "11010519491231002X"


def a_pool(home: Path) -> Path:
    add_units(home=home, actor="甲", parent="柳河镇", children=["柳东村"])
    ledger = home.parent / "台账.csv"
    ledger.write_text(f"村,姓名,身份证号,联系电话\n柳东村,李一,{LI},13800001111\n", "utf-8")
    facts = BatchFacts("公安局", date(2026, 1, 1))
    import_ledger(path=ledger, facts=facts, home=home, registry=REGISTRY, actor="甲")
    edit_subject(home=home, by="乙", key=LI, values={"联系电话": "13900002222"}, as_of=date(2026, 2, 1))
    return home


def told(home: Path) -> str:
    return repr(
        (show_subject(home=home, key=LI), units_of(home=home), [(b.batch, b.rows) for b in batches_of(home=home)])
    )


def test_a_backup_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    home, out = a_pool(tmp_path / "home"), tmp_path / "一.yici"
    out.write_text("an older one")
    out.chmod(0o644)
    left = tmp_path / ".tmp-一.yici"
    left.write_text("what a killed run left")
    left.chmod(0o644)
    make_backup(actor="甲", home=home, out=out)
    assert out.stat().st_mode & 0o777 == 0o600 and not left.exists()
    assert check_backup(out).rows["batch"] == 1


def test_what_was_backed_up_comes_back_whole(tmp_path: Path) -> None:
    home = a_pool(tmp_path / "home")
    before, chain = told(home), verify_audit(home=home)
    facts = make_backup(actor="甲", home=home, out=tmp_path / "一.yici")
    assert facts.rows["batch"] == facts.rows["entry"] == 1
    assert check_backup(tmp_path / "一.yici") == facts
    other = tmp_path / "other"
    assert restore_backup(actor="丙", home=other, source=tmp_path / "一.yici") == facts
    assert told(other) == before
    report = verify_audit(home=other)
    assert not report.broken
    assert report.lines == chain.lines + 1
    assert audit_lines(home=other, limit=1)[0].action == "backup.restore"
    edit_subject(home=other, by="丙", key=LI, values={"联系电话": "13900003333"}, as_of=date(2026, 3, 1))
    assert "13900003333" in told(other)


def test_received_forms_and_uploads_under_way_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, other = a_pool(tmp_path / "home"), tmp_path / "other"
    for name in ("received/一.xlsx", "uploads/甲/台账.csv", "uploads/乙/swept.csv"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(name.encode())
    opened = Path.open

    def gone(path: Path, *given: Any, **more: Any) -> Any:
        if path.name == "swept.csv":
            path.unlink()
        return opened(path, *given, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", gone)
        make_backup(actor="甲", home=home, out=tmp_path / "一.yici")
    restore_backup(actor="丙", home=other, source=tmp_path / "一.yici")
    assert (other / "received/一.xlsx").read_bytes() == "received/一.xlsx".encode()
    assert (other / "uploads/甲/台账.csv").exists() and not (other / "uploads/乙/swept.csv").exists()


def test_a_backup_moves_from_one_database_to_the_other(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    home = a_pool(tmp_path / "home")
    before = told(home)
    make_backup(actor="甲", home=home, out=tmp_path / "b")
    url_of = request.getfixturevalue("cluster").url_of
    monkeypatch.setattr("yici.storage.engines.database_url", url_of if database == "sqlite" else lambda _home: "")
    restore_backup(actor="甲", home=tmp_path / "new", source=tmp_path / "b")
    assert told(tmp_path / "new") == before
    open_database(home.parent / "elsewhere")


def test_a_folder_in_use_is_not_overwritten(tmp_path: Path) -> None:
    home = a_pool(tmp_path / "home")
    make_backup(actor="甲", home=home, out=tmp_path / "b")
    before = told(home)
    with pytest.raises(Conflict) as caught:
        restore_backup(actor="甲", home=home, source=tmp_path / "b")
    assert caught.value.problems[0].code == "restore-not-empty"
    assert told(home) == before


def test_forty_damaged_backups_are_refused_and_change_nothing(tmp_path: Path) -> None:
    home = a_pool(tmp_path / "home")
    make_backup(actor="甲", home=home, out=tmp_path / "b")
    whole = (tmp_path / "b").read_bytes()
    draw = random.Random(20261125)
    for number in range(40):
        at = draw.randrange(len(whole))
        broken = whole[:at] if number % 2 else whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :]
        (tmp_path / "bad").write_bytes(broken)
        with pytest.raises(UploadRefused) as caught:
            restore_backup(actor="甲", home=tmp_path / "new", source=tmp_path / "bad")
        assert caught.value.problems[0].code == "backup-damaged"
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": 99}, "backup-newer"),
        ({"migration": "0999_later"}, "backup-newer"),
        ({"files": {"../evil": {"sha256": "", "bytes": 0, "rows": 0}}}, "backup-damaged"),
        ({"files": {"batches/gone.parquet": {"sha256": "", "bytes": 0, "rows": 0}}}, "backup-damaged"),
        ({"tables": 3}, "backup-damaged"),
    ],
)
def test_what_a_backup_says_of_itself_is_checked(tmp_path: Path, change: dict[str, object], code: str) -> None:
    make_backup(actor="甲", home=tmp_path / "home", out=tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "b") as good, zipfile.ZipFile(tmp_path / "bad", "w") as bad:
        for name in good.namelist():
            text = good.read(name)
            bad.writestr(name, json.dumps(json.loads(text) | change) if name == CONTENTS else text)
        bad.comment = b"0" * 64
    whole = (tmp_path / "bad").read_bytes()[:-64]
    (tmp_path / "bad").write_bytes(whole + hashlib.sha256(whole).hexdigest().encode())
    with pytest.raises(UploadRefused) as caught:
        restore_backup(actor="甲", home=tmp_path / "new", source=tmp_path / "bad")
    assert caught.value.problems[0].code == code


def test_the_doctor_finds_what_is_wrong(tmp_path: Path, database: str) -> None:
    home = a_pool(tmp_path / "home")
    # The tests' own PostgreSQL does not wait for the disk, which the doctor must not let pass.
    known = {"database-durability"} if database == "postgresql" else set()
    assert {finding.code for finding in examine(home=home) if finding.state == "error"} == known
    (batch,) = (home / "batches").glob("*.parquet")
    batch.write_bytes(batch.read_bytes()[:-1])
    (home / "batches" / "stray.parquet").write_bytes(b"")
    models.AuditLine.objects.filter(seq=1).update(actor="别人")
    codes = {finding.code for finding in examine(home=home)}
    assert {"batch-damaged", "batch-stray", "audit-broken"} <= codes
    batch.unlink()
    assert "batch-missing" in {finding.code for finding in examine(home=home, deep=False)}


def test_the_doctor_looks_at_the_blank_forms_too(tmp_path: Path) -> None:
    home, blank = a_pool(tmp_path / "home"), tmp_path / "空白表.xlsx"
    blank.write_bytes(b"a form")
    source = hash_file(blank)
    keep_original(home, blank, source)
    models.AskedForm.objects.create(source=source, file_name=blank.name, title="表", fingerprint="f", by="甲")
    assert "form-files" in {finding.code for finding in examine(home=home)}
    kept = original_path(home, source, blank.name)
    kept.chmod(0o600)
    kept.write_bytes(b"another")
    assert "form-damaged" in {finding.code for finding in examine(home=home)}
    kept.unlink()
    assert "form-missing" in {finding.code for finding in examine(home=home, deep=False)}


def test_lines_cut_off_the_end_of_the_audit_are_missed(tmp_path: Path) -> None:
    home = a_pool(tmp_path / "home")
    last = verify_audit(home=home).lines
    models.AuditLine.objects.filter(seq=last).delete()
    assert verify_audit(home=home).broken == (last,)
