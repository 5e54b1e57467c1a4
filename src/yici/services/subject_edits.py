"""Changing what the pool holds about a subject, from its page: edits, choosing a rival, undoing, revealing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.access.fields import Sight, sight
from yici.core.elements import Element, Kind
from yici.core.errors import Conflict, NotFound, Problem
from yici.engine.standing import golden_of
from yici.services.pool_sight import seen, shown
from yici.services.records import Known, Origin, edit_subject
from yici.services.subject_pages import UNDO, Opened, known_value, open_subject, origin_words
from yici.storage import audit
from yici.storage.entries import NewEntry, add_entries, entries_of, take_back_entry

PURPOSES = ("办理业务", "核对信息", "联系本人", "回应疑义")
CONFIRMED = "核对保留"


@dataclass(frozen=True, slots=True)
class RivalShown:
    """A value that lost, as it is shown, with where it comes from. `number` names it on the page."""

    number: int
    text: str
    source: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Details:
    """One value with its source, the rule that chose it, and its rivals."""

    element: Element
    text: str
    source: str
    as_of: str
    rule: str
    rivals: tuple[RivalShown, ...]


def value_details(*, actor: Actor, home: Path, code: str, element: str) -> Details:
    """Where a value comes from and what else was said. Raises NotFound."""
    opened = open_subject(actor=actor, home=home, code=code)
    known_as, known = known_value(opened, element)
    if known is None:
        return Details(known_as, "", "", "", "", ())
    rivals = tuple(_rival(opened, known_as, text, origin) for text, origin in known.rivals)
    text = seen(opened.actor, known_as, known.value).text
    as_of = known.origin.as_of if known.origin else ""
    return Details(known_as, text, origin_words(known.origin), as_of, known.rule, rivals)


def _rival(opened: Opened, element: Element, text: str, origin: Origin | None) -> RivalShown:
    shown_as = seen(opened.actor, element, rival_text(element, text)).text
    if origin is None:
        return RivalShown(0, shown_as, origin_words(None), "")
    return RivalShown(origin.record, shown_as, origin_words(origin), origin.as_of)


def edit_value(
    *, actor: Actor, home: Path, code: str, element: str, typed: str, on: date | None = None, today: date
) -> bool:  # fmt: skip
    """Record a value by hand; whether it is the golden one (an authority's value may stand above it). `on` is the
    earlier day it is told for, when a form of that day asks: it counts for that day then, whatever was told since.

    Raises NotFound, YiciError when the value cannot be read, Conflict when nothing was typed, and for the element that
    says who the subject is.
    """
    opened = open_subject(actor=actor, home=home, code=code)
    known_as, _ = known_value(opened, element)
    _not_the_key(known_as)
    if not typed.strip():
        raise Conflict(Problem("value-missing", "没有填写。", "空白不会盖掉已有的值；有误请填正确的值。"))
    department = next(iter(sorted(actor.organisations)), "")
    edit_subject(home=home, key=opened.key, values={known_as.id: typed.strip()}, by=actor.name, as_of=on or today,
                 department=department, subject_type=opened.subject)  # fmt: skip
    with opened.pool.projection(on) as projection:
        _, values = golden_of(projection, opened.subject, [opened.key], [element]).get(opened.key, ("", {}))
    known, last = values.get(element), entries_of(opened.subject, opened.key).get(element)
    return known is None or last is None or _canonical(known) == last.value


def choose_rival(*, actor: Actor, home: Path, code: str, element: str, number: int, today: date) -> None:
    """Make a value that lost the one that counts, as an entry; `number` is that of its record, 0 for a derived one.

    Raises NotFound when it is no longer there.
    """
    opened, known_as, known = _known(actor, home, code, element)
    _not_the_key(known_as)
    chosen = next((text for text, origin in known.rivals if (origin.record if origin else 0) == number), None)
    if chosen is None:
        raise NotFound(Problem("rival-gone", "这个值已经不在了。", "请刷新后再看。"))
    _enter(opened, known_as, _rival_value(known_as, chosen), actor, today, "")


def keep_value(*, actor: Actor, home: Path, code: str, element: str, today: date) -> None:
    """Say that the golden value was checked and is right, as an entry: the conflict is settled. Raises NotFound."""
    opened, known_as, known = _known(actor, home, code, element)
    _enter(opened, known_as, _canonical(known.value), actor, today, CONFIRMED)


def undo_edit(*, actor: Actor, home: Path, code: str, element: str, number: int, today: date) -> None:
    """Take back one's own last edit. Raises NotFound, Conflict.

    Where another value stood before, that is entered again: the rival that counted most, the latest one. A first value
    is taken back itself, so that nothing is known again.
    """
    opened, known_as, known = _known(actor, home, code, element)
    last = entries_of(opened.subject, opened.key).get(element)
    if last is None or last.seq != number or last.by != actor.name or last.source == UNDO:
        raise Conflict(Problem("not-undoable", "这次修改不能撤销了。", "后来有了别的修改；请直接改。"))
    if not known.rivals:
        take_back_entry(number, actor=actor.name, source=UNDO)
        return
    before = max(known.rivals, key=lambda rival: rival[1].as_of if rival[1] else "")
    _enter(opened, known_as, _rival_value(known_as, before[0]), actor, today, UNDO)


def reveal_value(*, actor: Actor, home: Path, code: str, element: str, purpose: str) -> str:
    """A masked value whole, for a purpose, with its audit line. Raises NotFound, Conflict without a purpose."""
    opened, known_as, known = _known(actor, home, code, element)
    if purpose not in PURPOSES:
        raise Conflict(Problem("purpose-missing", "没有选择用途。", f"用途是：{'、'.join(PURPOSES)}。"))
    if sight(opened.actor, known_as) is Sight.MASKED:
        detail = {"element": element, "subject": opened.subject, "for": purpose}
        audit.append_alone(actor=actor.name, action="value.reveal", thing=code, detail=detail)
    return shown(known.value)


def _not_the_key(element: Element) -> None:
    """Refuse the element that says who the subject is: another number is another person. Whoever may judge who is who
    does so by a judgement, with a reason and a way back, not by typing over the number."""
    if element.identifies:
        hint = "是同一个人（户、企业）的两条，请在“合并、拆分”里合并；号码登记错了，请让提供台账的单位改正后重新导入。"
        raise Conflict(Problem("key-not-edited", f"{element.name}用来认定是谁，不能直接修改。", hint))


def rival_text(element: Element, text: str) -> str:
    """A rival's stored text as people write it."""
    if element.kind is Kind.BOOL:
        return {"true": "是", "false": "否"}.get(text, text)
    return shown(Decimal(text)) if element.kind is Kind.DECIMAL else text


def _rival_value(element: Element, text: str) -> str:
    return shown(Decimal(text)) if element.kind is Kind.DECIMAL else text


def _known(actor: Actor, home: Path, code: str, element: str) -> tuple[Opened, Element, Known]:
    opened = open_subject(actor=actor, home=home, code=code)
    known_as, known = known_value(opened, element)
    if known is None:
        raise NotFound(Problem("value-gone", "这一项现在没有值。", "请刷新后再看。"))
    return opened, known_as, known


def _enter(opened: Opened, element: Element, value: str, actor: Actor, today: date, source: str) -> None:
    department = next(iter(sorted(actor.organisations)), "")
    spoken = bool(department) and department in element.authority
    entry = NewEntry(opened.subject, opened.key, element.id, value)
    add_entries([entry], actor=actor.name, as_of=today, department=department, authoritative=spoken, source=source)


def _canonical(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else shown(value)
