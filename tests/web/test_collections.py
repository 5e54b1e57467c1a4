"""Pages of a collection: who may do what, and the proposal with its report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from collecting_office import LEGAL, blank_form, stock

from conftest import Office
from yici.storage import models


@pytest.fixture
def stocked(office: Office, tmp_path: Path) -> Office:
    stock(office, tmp_path)
    return office


def proposed(office: Office, folder: Path, *columns: str) -> str:
    """The address of a proposed collection."""
    with blank_form(folder, *columns).open("rb") as file:
        answer = office.as_("officer").post("/collections/propose", {**LEGAL, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_a_form_is_proposed_seen_and_decided(stocked: Office, tmp_path: Path) -> None:
    where = proposed(stocked, tmp_path, "联系电话", "血型")
    page = stocked.as_("officer").get(where).content.decode()
    assert "准入评审报告" in page
    assert 'href="#form-title"' in page and 'id="form-title"' in page
    assert re.search(r'class="certain"[^>]*>[^<]*<small>姓名', page)
    assert "style=" not in page
    steward = stocked.as_("steward")
    assert "个采集任务等待准入评审" in steward.get("/").content.decode()
    assert steward.post(f"{where}/decide", {"step": "return"}).status_code == 409
    # What was written stands in its field again when the step is refused.
    refused = steward.post(f"{where}/decide", {"step": "merge", "remark": "与走访表相同"})
    assert refused.status_code == 409 and ">与走访表相同</textarea>" in refused.content.decode()
    assert steward.post(f"{where}/decide", {"step": "return", "remark": "写明用途"}).status_code == 302
    again = {**LEGAL, "purpose": "春节慰问"}
    odd = stocked.as_("officer").post(f"{where}/again", {**again, "where": "年龄 >="})
    assert odd.status_code == 422 and 'value="春节慰问"' in odd.content.decode()
    assert stocked.as_("officer").post(f"{where}/again", again).status_code == 302
    assert stocked.as_("officer").post(f"{where}/decide", {"step": "approve"}).status_code == 404
    assert steward.post(f"{where}/decide", {"step": "approve"}).status_code == 302
    published = {"units": ["柳河镇"], "as_of": "2026-02-28", "days": "5"}
    assert stocked.as_("officer-health").post(f"{where}/publish", published).status_code == 404
    assert stocked.as_("officer").post(f"{where}/publish", published | {"days": "x"}).status_code == 409
    assert stocked.as_("officer").post(f"{where}/publish", published).status_code == 302
    seen = stocked.as_("clerk").get(where).content.decode()
    assert "柳东村" in seen
    assert "柳西村" not in seen
    officer, west = stocked.as_("officer"), models.Filling.objects.get(unit="柳西村").pk
    asked = officer.post(f"{where}/close")
    words = asked.content.decode()
    assert asked.status_code == 409 and "个单位没有报送" in words and "“柳西村”还有" in words
    assert 'name="confirm" value="1"' in words and models.Collection.objects.get().state == "open"
    assert officer.post(f"{where}/close", {"confirm": "1"}).status_code == 302
    page = officer.get(f"/reviews/{west}").content.decode()
    assert "未报送" in page and "只有这个单位可以再填" in page and 'value="reopen"' in page
    clerk = stocked.as_("clerk-west")
    assert "data-question=" not in clerk.get("/fillings").content.decode()
    assert officer.post(f"/reviews/{west}/step", {"step": "reopen", "remark": "补报"}).status_code == 302
    assert models.Collection.objects.get().state == "open"
    assert "data-question=" in clerk.get("/fillings").content.decode()
    # The other village, which was missed too, is not asked again.
    assert "data-question=" not in stocked.as_("clerk").get("/fillings").content.decode()
    # Whoever asks all of it a second time is told so; the one that asks already is not.
    again_asked = proposed(stocked, tmp_path, "血型")
    first, second = (steward.get(one).content.decode() for one in (where, again_asked))
    assert "已经在问这张表的全部项" in second and "已经在问这张表的全部项" not in first


def test_what_other_proposals_under_review_ask_again_is_told_beside_the_decision(
    stocked: Office, tmp_path: Path
) -> None:
    first = proposed(stocked, tmp_path, "联系电话", "血型", "星座")
    second = proposed(stocked, tmp_path, "血型", "星座", "籍贯")
    told = "待评审的别的表也要问其中的项"
    page = stocked.as_("steward").get(second).content.decode()
    assert told in page and f'{first}">老年人走访</a>：血型、星座' in "".join(page.split())
    assert told not in stocked.as_("officer").get(second).content.decode()
    stocked.as_("steward").post(f"{first}/decide", {"step": "refuse", "remark": "不必"})
    assert told not in stocked.as_("steward").get(second).content.decode()


def test_a_mark_that_lacks_is_told_once_and_mended_there(stocked: Office, tmp_path: Path) -> None:
    with blank_form(tmp_path, "联系电话", "血型").open("rb") as file:
        sent = {name: text for name, text in LEGAL.items() if name != "number"} | {"file": file}
        where = stocked.as_("officer").post("/collections/propose", sent)["Location"]
    page = stocked.as_("officer").get(where).content.decode()
    assert page.count("没有表号") == 1 and "<dt>表号</dt>" not in page and "<dt>制定机关</dt>" in page
    assert "去补齐" not in page
    stocked.as_("steward").post(f"{where}/decide", {"step": "return", "remark": "请补表号"})
    page = stocked.as_("officer").get(where).content.decode()
    assert page.count("没有表号") == 1 and '<a href="#number">去补齐</a>' in page and 'id="number"' in page


def test_a_proposal_without_purpose_or_file_says_so(stocked: Office, tmp_path: Path) -> None:
    client = stocked.as_("officer")
    assert client.post("/collections/propose", LEGAL).status_code == 409
    with blank_form(tmp_path).open("rb") as file:
        answer = client.post("/collections/propose", {**LEGAL, "purpose": "", "file": file})
    assert "没有写用途" in answer.content.decode()
    assert "老年人走访" in answer.content.decode() and "文件要重新选一次" in answer.content.decode()
    assert stocked.as_("clerk").get("/collections/propose").status_code == 403
    where = proposed(stocked, tmp_path, "联系电话")
    assert stocked.as_("officer-health").get(where).status_code == 404
    assert stocked.as_("clerk").get(where).status_code == 404


def test_what_the_pool_has_is_taken_at_once_after_the_review(stocked: Office, tmp_path: Path) -> None:
    where = proposed(stocked, tmp_path, "性别")
    officer, steward = stocked.as_("officer"), stocked.as_("steward")
    assert officer.post(f"{where}/take").status_code == 409
    assert "直接取用" in officer.get(where).content.decode()
    assert officer.post(f"{where}/report").status_code == 302
    assert steward.post(f"{where}/decide", {"step": "approve"}).status_code == 302
    assert "库里全有，不用派发" in officer.get(where).content.decode()
    assert stocked.as_("officer-health").post(f"{where}/take").status_code == 404
    answer = officer.post(f"{where}/take", {"each": "1"})
    assert b"".join(answer).startswith(b"PK")  # type: ignore[arg-type]
    answer.close()


def test_a_roster_says_whom_it_lists(stocked: Office, tmp_path: Path) -> None:
    officer, pages = stocked.as_("officer"), []
    for more in ({}, {"everybody": "1"}):
        with blank_form(tmp_path, "血型").open("rb") as file:
            where = officer.post("/collections/propose", {**LEGAL, "where": "", **more, "file": file})["Location"]
        pages.append(officer.get(where).content.decode())
    # By the form's own title, unless its officer says everybody.
    assert "<code>年龄 &gt;= 60</code>" in pages[0] and "没有筛选条件：列本单位的全部" in pages[1]
    stocked.as_("steward").post(f"{where}/decide", {"step": "return", "remark": "用途？"})
    assert 'name="everybody" value="1" checked' in officer.get(where).content.decode()


def test_a_recurring_one_is_sent_again_with_everything_filled_in(stocked: Office, tmp_path: Path) -> None:
    where = proposed(stocked, tmp_path, "血型")
    officer, steward = stocked.as_("officer"), stocked.as_("steward")
    steward.post(f"{where}/decide", {"step": "approve"})
    sent = {"units": ["柳东村"], "as_of": "2026-02-28", "days": "7", "recurring": "month"}
    refused = officer.post(f"{where}/publish", {**sent, "recurring": "", "automatic": "1"})
    chosen = refused.content.decode()
    assert refused.status_code == 409 and 'value="柳东村" checked' in chosen and 'value="2026-02-28"' in chosen
    assert 'name="days" type="number" min="1" max="250" value="7"' in chosen
    assert officer.post(f"{where}/publish", {**sent, "automatic": "1"}).status_code == 302
    assert "停止按期自动派发" in officer.get(where).content.decode()
    page = officer.post(f"{where}/automatic", follow=True).content.decode()
    assert "下一期由您手工派发" in page and "改为按期自动派发" in page
    assert stocked.as_("officer-health").post(f"{where}/automatic").status_code == 404
    assert officer.post(f"{where}/close", {"confirm": "1"}).status_code == 302
    following = f"/collections/{int(where.rpartition('/')[2]) + 1}"
    page = officer.get(following).content.decode()
    assert "已按上一期填好" in page and 'value="柳东村" checked' in page and "2026年3月" in page
