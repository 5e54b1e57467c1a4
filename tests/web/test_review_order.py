"""The department's buttons appear once the township has checked."""

from __future__ import annotations

from pathlib import Path

from test_collecting_journey import published

from conftest import Office
from yici.storage import models


def test_the_department_accepts_after_the_township(office: Office, tmp_path: Path) -> None:
    published(office, tmp_path)
    number = models.Filling.objects.get(unit="柳东村").pk
    clerk = office.as_("clerk")
    clerk.post(f"/fillings/{number}/submit")
    assert "待乡镇审核" in clerk.get("/fillings").content.decode()
    officer, leader = office.as_("officer"), office.as_("leader")
    assert f"/reviews/{number}" not in officer.get("/reviews").content.decode()
    assert 'value="accept"' not in officer.get(f"/reviews/{number}").content.decode()
    for address, sent in ((f"/reviews/{number}/step", {}), ("/reviews/many", {"fillings": [number]})):
        refused = officer.post(address, {**sent, "step": "accept"})
        assert refused.status_code == 409 and "乡镇还没有审核" in refused.content.decode()
    page = leader.get("/reviews").content.decode()
    assert 'value="check"' in page and 'value="accept"' not in page
    # Nothing differs, and something is missing: both are said, and only who takes it so passes it.
    assert "通过没有差异的 1 张（其中 1 张还缺项）" in page and "也不缺项的" not in page
    assert leader.post("/reviews/many", {"step": "check-whole"}).status_code == 409
    models.Filling.objects.filter(pk=number).update(unknown=0)
    assert (
        "通过没有差异、也不缺项的 1 张" in (page := leader.get("/reviews").content.decode()) and "张还缺项" not in page
    )
    assert leader.post("/reviews/many", {"step": "check-whole"}).status_code == 302
    assert 'value="accept"' in officer.get("/reviews").content.decode()
    assert officer.post("/reviews/many", {"step": "accept-same"}).status_code == 302
    assert models.Filling.objects.get(pk=number).state == "accepted"
    # Where nobody stands between, the department is named.
    models.Filling.objects.filter(pk=number).update(state="submitted")
    models.AccountPost.objects.filter(account__login__in=["leader", "clerk-town"]).delete()
    for who, path in ((clerk, "/fillings"), (clerk, f"/reviews/{number}"), (officer, "/reviews")):
        assert "待民政局审核" in who.get(path).content.decode()
