"""What surrounds every page: navigation by what the actor may do, the language, the theme, the elders' view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from yici.core.access.actors import NOBODY, PUBLIC, ROLE_NAMES
from yici.core.access.rules import can
from yici.web.requests import Request

THEMES = ("auto", "light", "dark")
THEME_COOKIE, VIEW_COOKIE = "yici-theme", "yici-view"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation: shown to whoever may do its action. `group` is the heading it stands under."""

    group: Any
    route: str
    words: Any
    action: str


NAVIGATION: tuple[Entry, ...] = (
    Entry(_("工作台"), "home", _("今日待办"), "home.view"),
    Entry(_("工作台"), "my-fillings", _("我的填报"), "filling.answer"),
    Entry(_("工作台"), "reviews", _("审核填报"), "filling.review"),
    Entry(_("工作台"), "collections", _("采集任务"), "collection.view"),
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
    Entry(_("管理"), "accounts", _("账号和授权"), "account.list"),
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
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return {
        "actor": actor,
        "actor_posts": "、".join(str(ROLE_NAMES[role]) for role in sorted(actor.roles)),
        "navigation": _groups(request) if actor.posts else (),
        "elder": elder or (bool(actor.roles & PUBLIC) and request.COOKIES.get(VIEW_COOKIE) != "dense"),
        "theme": theme if theme in THEMES else "auto",
        "is_demo": settings.DEMO,
    }


def _groups(request: Request) -> tuple[Group, ...]:
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for entry in NAVIGATION:
        if not can(request.actor, entry.action):
            continue
        try:
            address = reverse(entry.route)
        except NoReverseMatch:
            continue
        here = request.path == address or (address != "/" and request.path.startswith(address + "/"))
        found.setdefault(str(entry.group), []).append((address, str(entry.words), here))
    return tuple(Group(words, tuple(entries)) for words, entries in found.items())
