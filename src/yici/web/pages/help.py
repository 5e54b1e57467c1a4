"""The help page: who to call, and a day's work step by step. It is open before signing in, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from yici.core.access.actors import PUBLIC as RESIDENTS
from yici.core.access.rules import can
from yici.web.requests import Request
from yici.web.routes import PUBLIC, page


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done here: whoever may do it gets the way to its page."""

    route: str
    action: str
    title: Any
    words: Any


WORKING = (
    Step("home", "home.view", _("看今天要做什么"), _(
        "登录就看到等着办的事，最急的在前。没有要办的，就不会出现在这里。")),
    Step("my-fillings", "filling.answer", _("填报：只填库里没有的"), _(
        "同一项只问一次，不知道的留空；断了网照样填，恢复后自动送出。先“保存入库”，填好了再整张报送。")),
    Step("received", "received.fill", _("来表即填：群里发来的表"), _(
        "把收到的 Excel 或 Word 拖进来，拿回原版式填好的表；缺的逐项列出，当场能补。")),
    Step("reviews", "filling.review", _("审核填报"), _(
        "乡镇审村，乡镇通过后部门才能通过。与原来不同的值排在前面；不对的写明意见退回。")),
    Step("collection-propose", "collection.propose", _("部门要一张表"), _(
        "上传空白表，先看库里已有多少；拿不准的词按 1–3 选，按 0 表示都不是。准入后派发，收齐后按原版式下载。")),
    Step("rosters", "roster.make", _("一键生成花名册"), _(
        "选条件、选栏目，马上看到名单，下载成 Excel；常用的可以保存。")),
    Step("search", "pool.search", _("查一个人、一户、一家企业"), _(
        "顶上的查找框：姓名、拼音首字母、证件号后四位、电话、地址都行。点来源看别处怎么说，点“修改”当场改。")),
    Step("imports", "pool.import", _("导入台账"), _(
        "先预览每一列对成了什么、哪些格读不懂，确认后才导入；导错了可以整批撤回。")),
)  # fmt: skip
OWN = (
    Step("mine", "mine.view", _("看自己的信息"), _("哪一项不对，点开就能提出来，10 个工作日内答复。")),
    Step("my-policies", "mine.view", _("看符合哪些政策"), _("够条件的、还差哪个回答的，都列在一起。")),
    Step("my-questions", "mine.view", _("回答想问您的"), _("只问库里没有的，答一次就够；可以不答。")),
)


@page(PUBLIC)
def guide(request: Request) -> HttpResponse:
    """What can be done here, as far as the visitor may do it; everything, before anybody has signed in."""
    actor = request.actor
    # Who works here has no pages of his own record, and a resident none of the office's.
    steps = OWN if actor.roles & RESIDENTS else WORKING if actor.posts else (*WORKING, *OWN)
    shown = [(one, bool(actor.posts and can(actor, one.action))) for one in steps]
    return render(request, "web/help.html", {"steps": shown, "contact": settings.CONTACT})
