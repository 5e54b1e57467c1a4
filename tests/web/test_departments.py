"""Departments as a tree on the page of grants, and what a bureau sees of the collections of its sections."""

from __future__ import annotations

from pathlib import Path

from test_collecting_journey import published

from conftest import Office
from yici.storage import models


def test_a_bureau_looks_on_and_decides_nothing(office: Office, tmp_path: Path) -> None:
    published(office, tmp_path)
    number, filling = models.Collection.objects.get().pk, models.Filling.objects.get(unit="柳东村").pk
    security, health = office.as_("security"), office.as_("officer-health")
    where = f"/collections/{number}"
    assert health.get(where).status_code == 404
    move = {"name": "民政局", "parent": "卫健局"}
    assert health.post("/grants/departments", move).status_code == 403
    assert security.post("/grants/departments", move).status_code == 302
    page = security.get("/grants").content.decode()
    assert "<li>卫健局<ul><li>民政局</li>" in page.replace("\n", "") and "　民政局" in page
    wrong = security.post("/grants/departments", {"name": "卫健局", "parent": "民政局"})
    assert wrong.status_code == 409 and "不能作它的上级" in wrong.content.decode()
    # What is collected and how far it is, not a single answer.
    assert where in health.get("/collections").content.decode()
    page = health.get(where).content.decode()
    assert "柳东村" in page and f"/reviews/{filling}" not in page and f"{where}/publish" not in page
    assert health.get(f"/reviews/{filling}").status_code == 404
    for step in ("publish", "close", "download", "decide", "automatic", "again"):
        assert health.post(f"{where}/{step}").status_code == 404
    # The section's own page is as it was.
    assert f"/reviews/{filling}" in office.as_("officer").get(where).content.decode()
