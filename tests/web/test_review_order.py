"""The department's buttons appear once the township has checked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from test_collecting_journey import published

from conftest import PASSWORD, Office
from yici.core.access.actors import Post, Role
from yici.services.accounts import add_account
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


def test_who_checks_and_accepts_passes_the_ones_and_the_others_apart(office: Office, tmp_path: Path) -> None:
    published(office, tmp_path)
    posts = [Post(Role.LEADER, unit="柳河镇"), Post(Role.OFFICER, organisation="民政局")]
    add_account(actor="甲", home=office.home, login="both", full_name="兼任", posts=posts, password=PASSWORD,
                today=date(2026, 1, 1))  # fmt: skip
    models.Filling.objects.filter(unit="柳东村").update(state="checked", unknown=0)
    models.Filling.objects.filter(unit="柳西村").update(state="submitted")
    both = office.as_("both")
    page = both.get("/reviews").content.decode()
    assert ">通过没有差异、也不缺项的 1 张" in page and ">审核通过没有差异的 1 张（其中 1 张还缺项）" in page
    assert both.post("/reviews/many", {"step": "check-same"}).status_code == 302
    assert both.post("/reviews/many", {"step": "accept-whole"}).status_code == 302
    assert dict(models.Filling.objects.values_list("unit", "state")) == {"柳东村": "accepted", "柳西村": "checked"}


def test_a_number_on_a_button_is_what_the_button_passes(office: Office, tmp_path: Path) -> None:
    published(office, tmp_path)
    # Fillings reach a clerk of two villages by his units; accepting those of another department is not his.
    posts = [
        Post(Role.CLERK, unit="柳东村"),
        Post(Role.CLERK, unit="柳西村"),
        Post(Role.OFFICER, organisation="卫健局"),
    ]
    add_account(actor="甲", home=office.home, login="much", full_name="兼任", posts=posts, password=PASSWORD,
                today=date(2026, 1, 1))  # fmt: skip
    models.AccountPost.objects.filter(account__login__in=["leader", "clerk-town"]).delete()
    models.Filling.objects.update(state="submitted")
    much = office.as_("much")
    assert 'value="accept-' not in much.get("/reviews").content.decode()
    assert much.post("/reviews/many", {"step": "accept-same"}).status_code == 409
    assert set(models.Filling.objects.values_list("state", flat=True)) == {"submitted"}
