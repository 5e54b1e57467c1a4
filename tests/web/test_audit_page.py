"""The audit on its page and through the API: who watches over it has no part in what is known of people."""

from __future__ import annotations

from pathlib import Path

from api_client import System
from pool_ledgers import EAST, SON, fill_pool

from conftest import Office
from yici.services.auditing import audit_lines, verify_audit
from yici.storage.judgements import DIFFERENT, add_judgement
from yici.storage.references import references_of


def test_no_number_and_no_value_of_anybody_is_told(office: Office, tmp_path: Path) -> None:
    fill_pool(office.home, tmp_path)
    code = references_of([("person", EAST)])["person", EAST]
    changed = office.as_("clerk").post(f"/pool/{code}/person.phone/edit", {"value": "13811112222"})
    assert changed.status_code == 200
    add_judgement(subject="person", left=EAST, right=SON, verdict=DIFFERENT, reason="单桂兰是母亲", actor="clerk")
    page = office.as_("auditor").get("/audit").content.decode()
    lines = System(office, "auditor").get("audit", limit=10)
    for word in (EAST, SON, "13811112222", "单桂兰"):
        assert word not in page and word not in str(lines), word
    entry = next(line for line in lines if line["action"] == "entry.add")
    assert entry["thing"] == "*" * 14 + EAST[-4:]
    assert (entry["detail"]["element"], entry["detail"]["value"]) == ("person.phone", "＊＊＊")
    # What is hashed stays as it was written.
    assert verify_audit(home=office.home).broken == ()
    assert EAST in {line.thing for line in audit_lines(home=office.home, limit=10)}
