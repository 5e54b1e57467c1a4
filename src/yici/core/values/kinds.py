"""Which kind an element's values are of, cleaning whole columns, and saying why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from yici.core.elements import Element, Kind, Registry
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


def kind_of(
    element: Element, registry: Registry, *, unit: str = "", legend: Mapping[str, str] | None = None
) -> ValueKind:
    """The kind of an element's values.

    `unit` is the unit the column's heading states (万元), `legend` the marks it explains (1 → 男, 2 → 女).
    """
    if element.kind in (Kind.INTEGER, Kind.DECIMAL):
        number = IntegerKind if element.kind == Kind.INTEGER else DecimalKind
        return number(element.unit, heading=unit, name=element.name)
    if element.kind == Kind.BOOL:
        return BoolKind((element.name, *element.aliases), legend=legend)
    if element.kind == Kind.CODE:
        listed = registry.code_lists[element.codes].name if element.codes else ""
        return CodeKind(registry.codes_of(element), (element.name, listed), legend=legend)
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
