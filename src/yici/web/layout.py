"""What surrounds every page: navigation by what the actor may do, the language, the theme, the elders' view."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yici.core.access.actors import NOBODY, PUBLIC, ROLE_NAMES
from yici.core.access.rules import can
from yici.services.clerks import full_names
from yici.services.jobs.starting import active_jobs
from yici.web.requests import Request, home_of
from yici.web.wording import told

THEMES = ("auto", "light", "dark")
# The elders' view has three sizes of letters: 20, 25 and 30 px.
SIZES = ("large", "larger", "largest")
THEME_COOKIE, VIEW_COOKIE, SIZE_COOKIE = "yici-theme", "yici-view", "yici-size"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation: shown to whoever may do its action. `group` is the heading it stands under."""

    group: Any
    route: str
    words: Any
    action: str


NAVIGATION: tuple[Entry, ...] = (
    Entry(_("工作台"), "home", _("今日待办"), "home.view"),
    Entry(_("我的"), "mine", _("我的信息"), "mine.view"),
    Entry(_("我的"), "my-policies", _("我的政策"), "mine.view"),
    Entry(_("我的"), "my-questions", _("想问您的"), "mine.view"),
    Entry(_("我的"), "my-doubts", _("疑义和核实"), "mine.view"),
    Entry(_("工作台"), "received", _("来表即填"), "received.fill"),
    Entry(_("工作台"), "my-fillings", _("我的填报"), "filling.answer"),
    Entry(_("工作台"), "reviews", _("审核填报"), "filling.review"),
    Entry(_("工作台"), "collections", _("采集任务"), "collection.view"),
    Entry(_("工作台"), "words", _("待定的词"), "words.decide"),
    Entry(_("工作台"), "jobs", _("后台任务"), "job.view"),
    Entry(_("减负"), "burden", _("填表负担"), "burden.view"),
    Entry(_("减负"), "asked-again", _("又要了一遍"), "again.view"),
    Entry(_("减负"), "apps", _("政务应用"), "app.view"),
    Entry(_("减负"), "outside", _("平台外要数"), "outside.view"),
    Entry(_("数据"), "search", _("查找"), "pool.search"),
    Entry(_("数据"), "rosters", _("一键生成花名册"), "roster.make"),
    Entry(_("数据"), "elements", _("数据元目录"), "elements.view"),
    Entry(_("数据"), "imports", _("导入台账"), "pool.import"),
    Entry(_("数据"), "conflicts", _("来源不一致"), "pool.edit"),
    Entry(_("数据"), "refused", _("没有采用的格"), "pool.edit"),
    Entry(_("数据"), "judgements", _("是否同一个"), "pool.judge"),
    Entry(_("数据"), "disputes", _("疑义校核"), "pool.dispute"),
    Entry(_("统计和政策"), "figures", _("统计"), "figures.ask"),
    Entry(_("统计和政策"), "policies", _("政策"), "policy.view"),
    Entry(_("统计和政策"), "schemes", _("考核"), "scheme.view"),
    Entry(_("管理"), "accounts", _("账号"), "account.list"),
    Entry(_("管理"), "grants", _("数据授权"), "grant.list"),
    Entry(_("管理"), "factor-rules", _("两步验证要求"), "factor.require"),
    Entry(_("管理"), "tokens", _("接口令牌"), "token.list"),
    Entry(_("管理"), "audit", _("审计记录"), "audit.view"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the navigation with its entries: (address, words, whether it is the page shown)."""

    words: str
    entries: tuple[tuple[str, str, bool], ...]


def layout(request: HttpRequest) -> dict[str, Any]:
    """The context of every template."""
    request = cast(Request, request)
    actor = getattr(request, "actor", NOBODY)
    elder = request.COOKIES.get(VIEW_COOKIE) == "elder"
    theme, size = request.COOKIES.get(THEME_COOKIE, "auto"), request.COOKIES.get(SIZE_COOKIE, "")
    return {
        "actor": actor,
        "actor_posts": "、".join(told(ROLE_NAMES[role]) for role in sorted(actor.roles)),
        "navigation": _groups(request) if actor.posts else (),
        "elder": elder or (bool(actor.roles & PUBLIC) and request.COOKIES.get(VIEW_COOKIE) != "dense"),
        "size": size if size in SIZES else SIZES[0],
        "theme": theme if theme in THEMES else "auto",
        "is_public": bool(actor.roles & PUBLIC),
        "is_demo": settings.DEMO,
        "running_jobs": active_jobs(actor=actor, home=home_of(request)) if can(actor, "job.view") else 0,
        "oidc": settings.OIDC,
        # Looked up on the pages that name somebody ({{ row.by|named:people }}), and once on each.
        "people": SimpleLazyObject(full_names),
    }


def _groups(request: Request) -> tuple[Group, ...]:
    found: dict[str, list[tuple[str, str]]] = {}
    for action, group, address, words in _entries(get_language()):
        if can(request.actor, action):
            found.setdefault(group, []).append((address, words))
    here = _here(request.path, [address for entries in found.values() for address, _words in entries])
    return tuple(
        Group(words, tuple((address, text, address == here) for address, text in entries))
        for words, entries in found.items()
    )


@lru_cache
def _entries(language: str | None) -> tuple[tuple[str, str, str, str], ...]:
    """(action, group, address, words) of every entry in a language: the same on every page."""
    return tuple((one.action, str(one.group), reverse(one.route), str(one.words)) for one in NAVIGATION)


def _here(path: str, addresses: list[str]) -> str:
    """The entry the page shown belongs to: the longest address it begins with."""
    fits = [one for one in addresses if path == one or (one != "/" and path.startswith(one + "/"))]
    return max(fits, key=len, default="")
