"""Code lists with use counts: exact within reach, coarse of what is not granted, none for who asks no figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from api_client import System
from pool_ledgers import check_digit, ledger

from conftest import Office
from yici.core.manifest import BatchFacts
from yici.services import code_lists
from yici.services.accounts import grant_elements
from yici.services.auditing import audit_lines
from yici.services.code_lists import Count
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.storage import accounts
from yici.storage.packs import load_registry

HEAD = ["户编号", "与户主关系", "姓名", "公民身份号码", "文化程度", "残疾等级", "村（社区）"]
SCHOOL, GRADE = "person.education", "person.disability_grade"


def rows() -> list[list[str]]:
    """Seven people of 柳东村, six of whom went to 小学; one of 柳西村; one cell nobody can read."""
    found = []
    for place in range(8):
        number = check_digit(f"3709821950{place + 1:02d}1230{place}")
        village = "柳西村" if place == 7 else "柳东村"
        found.append([f"H{place}", "户主", f"王{'一二三四五六七八'[place]}", number, "小学", "", village])
    found[0][4], found[1][5], found[2][5] = "胡写的", "二级", "二级"
    return found


@pytest.fixture
def pool(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("YICI_HOME", str(office.home))
    path = ledger(tmp_path / "台账.xlsx", rows(), HEAD)
    import_ledger(path=path, facts=BatchFacts("教育局", date(2026, 3, 31)), home=office.home,
                  registry=load_registry(), actor="甲")  # fmt: skip
    return office


def shown(pool: Office, login: str, codes: str) -> code_lists.ListShown:
    """A list as somebody sees it."""
    account = accounts.find_account(login)
    assert account is not None
    actor = accounts.actor_of(account, today=date(2026, 4, 1))
    return code_lists.list_shown(actor=actor, home=pool.home, identity=codes)


def of(pool: Office, login: str, codes: str) -> tuple[code_lists.ElementUse, dict[str, Count]]:
    """What somebody is told of the one element of a list: its use, and the count of every label."""
    (use,) = shown(pool, login, codes).uses
    return use, use.by_code


def exact(number: int) -> Count:
    return Count(number)


def coarse(number: int) -> Count:
    return Count(number, coarse=True)


def test_who_keeps_the_pool_sees_exact_counts_of_own_units(pool: Office) -> None:
    use, labels = of(pool, "steward", "education")
    assert (use.known, use.unread, use.off) == (exact(7), exact(1), exact(0))
    assert labels["小学"] == exact(7)
    assert labels["初中"] == exact(0)
    use, labels = of(pool, "clerk", "education")
    assert (use.known, use.unread) == (exact(6), exact(1))
    use, labels = of(pool, "clerk-west", "education")
    assert (use.known, use.unread, labels["小学"]) == (exact(1), exact(0), exact(1))


def test_a_department_gets_coarse_counts_of_what_is_not_granted(pool: Office) -> None:
    officer = pool.as_("officer")
    use, labels = of(pool, "officer", "education")
    assert (use.known, use.unread, labels["小学"], labels["初中"]) == (coarse(5), coarse(0), coarse(5), coarse(0))
    _, labels = of(pool, "officer", "disability_grade")
    assert set(labels.values()) == {coarse(0)}
    text = officer.get("/elements/codes/disability_grade").content.decode()
    assert "少于5" in text
    assert '<td class="figure">2</td>' not in text
    assert audit_lines(home=pool.home, limit=1000)[-1].action == "figure.coarse"
    grant_elements(actor="甲", home=pool.home, organisation="民政局", elements=["文化程度"], purpose="低保",
                   units=["柳西村"], today=date(2026, 1, 1))  # fmt: skip
    _, labels = of(pool, "officer", "education")
    assert labels["小学"] == exact(1)


def test_a_leader_gets_coarse_counts_and_who_asks_no_figures_gets_none(pool: Office) -> None:
    use, labels = of(pool, "leader", "education")
    assert (use.known, labels["小学"]) == (coarse(5), coarse(5))
    for login in ("auditor", "system", "security", "audit"):
        use, labels = of(pool, login, "education")
        assert {use.known, use.unread, labels["小学"]} == {Count()}


def test_sensitive_counts_are_recorded(pool: Office) -> None:
    _, labels = of(pool, "clerk", "disability_grade")
    assert labels["二级"] == exact(2)
    last = audit_lines(home=pool.home, limit=1000)[-1]
    assert (last.action, last.detail) == ("figure.sensitive", {"elements": [GRADE], "codes": "disability_grade"})


def test_counts_agree_with_a_figure_by_the_same_element(pool: Office) -> None:
    client = pool.as_("steward")
    asked = client.post("/figures", {"text": "count(人)", "by": "文化程度"}).content.decode()
    assert "小学" in asked
    assert of(pool, "steward", "education")[1]["小学"] == exact(7)
    assert ">7<" in asked


def test_the_api_tells_the_same_and_narrower_codes_stand_under_what_they_count_as(pool: Office) -> None:
    system = System(pool, "steward")
    told = system.get("codes/education")["codes"]
    narrow = next(code for code in told if code["parent"])
    assert narrow["uses"] == {}
    assert narrow["parent"] in {code["code"] for code in told}
    assert next(code["uses"] for code in told if code["label"] == "小学") == {SCHOOL: {"number": 7, "coarse": False}}
    school = next(one for one in system.get("codes", limit=200)["items"] if one["id"] == "education")
    assert (school["standard"], school["uses"][0]["known"]) == ("GB/T 4658", {"number": 7, "coarse": False})
    rough = System(pool, "officer").get("codes/education")["uses"][0]["known"]
    assert rough == {"number": 5, "coarse": True}


def test_values_the_list_no_longer_has_are_counted_and_reached(pool: Office) -> None:
    open_pool(pool.home).projection().close()
    folder = pool.home / "packs" / "ours"
    folder.mkdir(parents=True)
    (folder / "codes.csv").write_text("list,code,label\ndisability_grade,2,贰级\n", "utf-8")
    use, labels = of(pool, "steward", "disability_grade")
    assert (use.known, use.off, labels["贰级"]) == (exact(2), exact(2), exact(0))
    text = pool.as_("steward").get("/elements/codes/disability_grade").content.decode()
    assert "王二" in text
    assert '<a href="#off">2</a>' in text
    assert "王二" not in pool.as_("clerk-west").get("/elements/codes/disability_grade").content.decode()
    assert "王二" not in pool.as_("officer").get("/elements/codes/disability_grade").content.decode()


def test_a_clerk_goes_from_the_register_to_a_list_on_a_phone(pool: Office, browse: Callable[..., Any]) -> None:
    page = browse("clerk", "/elements", width=360)
    page.get_by_role("link", name="代码表目录").click()
    page.get_by_role("link", name="文化程度代码").click()
    page.get_by_role("link", name="1", exact=True).click()
    assert page.url.endswith("/refused")
    page.go_back()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
