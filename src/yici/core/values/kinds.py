"""Which kind an element's values are of, cleaning whole columns, and saying why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from yici.core.elements import CodeList, Element, Kind, Registry
from yici.core.values.booleans import BoolKind
from yici.core.values.codes import CodeKind
from yici.core.values.credit_codes import UsccKind
from yici.core.values.dates import DateKind
from yici.core.values.id_numbers import IdNumberKind
from yici.core.values.model import BLANK, Cleaned, ValueKind
from yici.core.values.names import NameKind
from yici.core.values.numbers import DecimalKind, IntegerKind
from yici.core.values.phones import PhoneKind
from yici.core.values.reasons import REASONS
from yici.core.values.text import AddressKind, NumberedKind, TextKind, TitleKind

_PLAIN: dict[Kind, Callable[[], ValueKind]] = {
    Kind.NAME: NameKind,
    Kind.ID_NUMBER: IdNumberKind,
    Kind.USCC: UsccKind,
    Kind.PHONE: PhoneKind,
    Kind.DATE: DateKind,
    Kind.ADDRESS: AddressKind,
    Kind.REGION: TitleKind,
}
_NUMBERED = ("账号", "卡号", "证号", "编号", "编码", "号码", "代码", "文号", "户号", "车牌号")
_TITLED = ("名称", "单位", "学校", "银行", "党支部", "机构", "园区")


@dataclass(frozen=True, slots=True, eq=False)
class _List:
    """A code list compared by identity, so that a kind is remembered without comparing thousands of codes."""

    held: CodeList | None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _List) and self.held is other.held

    def __hash__(self) -> int:
        return id(self.held)


def kind_of(
    element: Element, registry: Registry, *, unit: str = "", legend: Mapping[str, str] | None = None
) -> ValueKind:
    """The kind of an element's values.

    `unit` is the unit the column's heading states (万元), `legend` the marks it explains (1 → 男, 2 → 女). Kinds are
    remembered: asking again costs nothing.
    """
    listed = registry.code_lists[element.codes] if element.codes else None
    return _made(element, _List(listed), unit, tuple((legend or {}).items()))


@lru_cache(maxsize=1024)
def _made(element: Element, listed: _List, unit: str, legend: tuple[tuple[str, str], ...]) -> ValueKind:
    if element.kind in (Kind.INTEGER, Kind.DECIMAL):
        number = IntegerKind if element.kind == Kind.INTEGER else DecimalKind
        return number(element.unit, heading=unit, name=element.name)
    if element.kind == Kind.BOOL:
        return BoolKind((element.name, *element.aliases), legend=dict(legend))
    if element.kind == Kind.CODE:
        codes, name = (listed.held.codes, listed.held.name) if listed.held else ((), "")
        return CodeKind(codes, (element.name, name), legend=dict(legend))
    if element.kind == Kind.TEXT:
        return _text_kind(element.name)
    return _PLAIN[element.kind]()


def _text_kind(name: str) -> ValueKind:
    """Texts whose name says that they are numbers (银行账号) or titles (企业名称) are cleaned as such."""
    if name.endswith(_NUMBERED):
        return NumberedKind()
    return TitleKind() if name.endswith(_TITLED) else TextKind()


def clean_values(kind: ValueKind, raws: Sequence[str | None]) -> list[Cleaned]:
    """A column of raw cells, cleaned; each distinct spelling once."""
    known: dict[str | None, Cleaned] = {None: BLANK}
    clean = kind.clean
    result = []
    for raw in raws:
        cleaned = known.get(raw)
        if cleaned is None:
            cleaned = known[raw] = clean(raw)
        result.append(cleaned)
    return result


def explain(kind: ValueKind, raw: str | None, cleaned: Cleaned) -> tuple[str, str]:
    """(what is the matter, what to do) for a cleaned cell, in Chinese; ("", "") when nothing is.

    For an unknown code the nearest labels are named.
    """
    message, step = REASONS.get(cleaned.reason, ("", ""))
    if cleaned.reason in ("unknown_code", "several_codes") and isinstance(kind, CodeKind) and raw:
        near = kind.nearest(raw[1:])
        return f"“{raw[1:].strip()}”{message}", f"{step}最接近的选项：{'、'.join(near)}。" if near else step
    return message, step
