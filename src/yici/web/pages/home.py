"""The first page: what should I do now?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from yici.core.access.actors import ADMINISTRATORS, PUBLIC, Actor, Role
from yici.core.access.rules import can
from yici.services import account_releases as _account_releases  # noqa: F401 (it adds the accounts that wait)
from yici.services import overseeing as _overseeing  # noqa: F401 (it adds what waits for those who oversee)
from yici.services.agenda import agenda_of
from yici.services.condition import condition_of
from yici.web.requests import Request, home_of, now, today
from yici.web.routes import page


@dataclass(frozen=True, slots=True)
class Start:
    """Work one may begin at any time: shown to whoever may do its action."""

    route: str
    words: Any
    hint: Any
    action: str


STARTS: tuple[Start, ...] = (
    Start("received", _("来表即填"), _("把收到的表拖进来，马上填好还给您"), "received.fill"),
    Start("search", _("查找"), _("找一个人、一户或一家企业，看它的全部信息"), "pool.search"),
    Start("rosters", _("一键生成花名册"), _("设几个条件，马上下载名单"), "roster.make"),
    Start("collection-propose", _("报备采集任务"), _("上传空白表，先看库里能填多少"), "collection.propose"),
    Start("imports", _("导入台账"), _("把手里的表格导进库里，一次导入，处处可用"), "pool.import"),
    Start("figures", _("统计"), _("用一句话问一个数，带图和明细"), "figures.ask"),
    Start("burden", _("填表负担"), _("要了多少表、花了多少分钟，和以前比省了多少"), "burden.view"),
    Start("mine", _("我的信息"), _("看看登记得对不对，不对就提出来"), "mine.view"),
    Start("my-policies", _("我的政策"), _("看看符合哪些政策，为什么"), "mine.view"),
    Start("accounts", _("账号"), _("谁能登录，在什么岗位"), "account.list"),
    Start("grants", _("数据授权"), _("哪个部门能看哪些数据，到哪天为止"), "grant.give"),
    Start("audit", _("审计记录"), _("谁看过、改过什么，链条是否完整"), "audit.view"),
    Start("elements", _("数据元目录"), _("库里有哪些数据，由谁提供"), "elements.view"),
)
_MOST = 4


@page("home.view")
def home(request: Request) -> HttpResponse:
    """What waits for the actor, most urgent first, and what one may begin."""
    items = agenda_of(actor=request.actor, home=home_of(request), today=today())
    told = {
        "items": items, "condition": condition_of(actor=request.actor, home=home_of(request), now=now()),
        "starts": _starts(request.actor), "nothing": _nothing(request.actor),
    }  # fmt: skip
    return render(request, "web/home.html", told)


def _nothing(actor: Actor) -> Any:
    """What it means that nothing waits: what would stand here, for whoever is not asked or checked."""
    if actor.roles & (ADMINISTRATORS | {Role.AUDITOR}):
        return _("没有要处理的账号、授权或审计事项。")
    if Role.LEADER in actor.roles:
        return _("辖区内没有超过期限还没报的表，也没有等您审核的填报。")
    if actor.roles <= PUBLIC:
        return _("没有等您办的事。")
    return _("没有等您办的事。库里有的不会再问您；有新的填报、审核或疑义时会出现在这里。")


def _starts(actor: Actor) -> list[Start]:
    return [start for start in STARTS if can(actor, start.action)][:_MOST]
