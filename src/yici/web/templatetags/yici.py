"""Small words templates need: what the actor may do, dates and numbers as offices write them."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from yici.core.access.actors import ROLE_NAMES, Role
from yici.core.access.rules import can
from yici.core.collections.states import FILLING_NAMES, FillingState
from yici.services.office_days import unannounced_year
from yici.storage.collections import FillingRow
from yici.web.wording import told

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], action: str) -> bool:
    """Whether the actor may do an action at all: {% may "pool.edit" as editing %}."""
    return bool(can(context["actor"], action))


@register.filter
def words(value: object) -> str:
    """A text of the services (a state, an outcome, what waits) in the language of the page: {{ one.state|words }}."""
    return told(value if isinstance(value, str) else str(value)) if value else ""


@register.filter
def filling_state(row: FillingRow, townships: Container[str]) -> str:
    """Where a filling stands, with who reviews it next by name: {{ row|filling_state:townships }}. `townships` are the
    units that have somebody between them and the department (services/collecting/townships.py)."""
    if row.state is FillingState.SUBMITTED and row.unit in townships:
        return str(_("待乡镇审核"))
    if row.state in (FillingState.SUBMITTED, FillingState.CHECKED):
        return str(_("待%(who)s审核") % {"who": row.organisation})
    return told(FILLING_NAMES[row.state])


@register.filter
def kind(name: str) -> str:
    """The name of a subject type (人, 户, 企业) in the language of the page; as packs name it where no other is known.

    Looked up with what it is the name of: by itself 人 counts people elsewhere.
    """
    key = f"主体类型：{name}"
    found: str = gettext(key)
    return name if found == key else found


@register.filter
def named(login: str, names: dict[str, str]) -> str:
    """What an account is called: {{ event.by|named:people }}; its login where it has no name."""
    return names.get(login, login)


@register.filter
def day(value: date | datetime | None) -> str:
    """2026-11-25."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return value.isoformat() if value else ""


@register.filter
def due(value: date | None) -> str:
    """A day that was counted to in working days; where its year's days off were not announced, what was counted."""
    if value is None or (year := unannounced_year(value)) is None:
        return day(value)
    told_words: str = _("%(day)s（%(year)s 年放假安排未公布，按周一至周五算）") % {"day": day(value), "year": year}
    return told_words


@register.filter
def moment(value: datetime | None) -> str:
    """2026-11-25 09:30."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


@register.filter
def number(value: object) -> str:
    """A number with groups of thousands and without needless zeros; empty for None."""
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return f"{Decimal(str(value)):,.2f}".rstrip("0").rstrip(".")
    return str(value)


@register.filter
def role_name(role: Role) -> str:
    """The name of a role."""
    return told(ROLE_NAMES[role])
