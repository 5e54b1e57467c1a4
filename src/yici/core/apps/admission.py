"""The admission review of an app: what of it is there already, what the rules forbid, and whether anybody uses it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from yici.core.elements import Element, Registry
from yici.core.recognition.labels import squash

ALIKE = 0.5
"""From this share of the same fields or functions two are called alike."""

# 国办函〔2026〕12号 and the rules against formalism as re-posts have them; to be checked against the official text.
FORBIDDEN: Mapping[str, str] = {
    r"打卡|签到": "打卡签到", r"积分": "积分", r"排名|排行|通报晾晒": "排名", r"在线时长|学习时长": "在线时长",
    r"强制(下载|注册|关注|登录)": "强制下载、注册或关注", r"轨迹|截图留痕|拍照留痕": "留痕上传",
}  # fmt: skip
_BELOW_COUNTY = re.compile(r"(乡|镇|街道|村|社区|居委会|村委会)$")


@dataclass(frozen=True, slots=True)
class Field:
    """A field an app collects: the label, and the element it is ("" when nobody has registered one)."""

    label: str
    means: str = ""

    @property
    def sameness(self) -> str:
        """What two fields share when they ask the same."""
        return self.means or squash(self.label)


@dataclass(frozen=True, slots=True)
class Other:
    """An app or a form that is there already: "app" or "form", its number, name, owner, functions and fields."""

    kind: str
    number: int
    name: str
    organisation: str
    functions: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What an app shares with another: the labels and functions, and their shares of all of the new app's."""

    kind: str
    number: int
    name: str
    organisation: str
    fields: tuple[str, ...]
    functions: tuple[str, ...]
    field_share: float
    function_share: float


@dataclass(frozen=True, slots=True)
class Review:
    """The admission report of an app. `verdict`: "refuse" (a rule forbids it), "merge" (another does the same), "take"
    (every field is collected elsewhere already) or "admit"."""

    overlaps: tuple[Overlap, ...]
    covered: tuple[str, ...]
    fresh: tuple[str, ...]
    forbidden: tuple[str, ...]
    verdict: str
    because: str


def fields_named(labels: Sequence[str], registry: Registry) -> tuple[Field, ...]:
    """The labels as fields, each with the one element of that very name or alias. Where people and firms both have such
    an element, people's is meant: an app that asks of firms says so in the label."""
    known: dict[str, set[Element]] = {}
    for element in registry.elements.values():
        for word in (element.name, *element.aliases, *element.context_aliases):
            known.setdefault(squash(word), set()).add(element)
    found = {label.strip(): known.get(squash(label), set()) for label in labels if label.strip()}
    return tuple(Field(label, _one_of(elements)) for label, elements in found.items())


def _one_of(elements: set[Element]) -> str:
    for subjects in (("person",), ("household",), tuple({element.subject for element in elements})):
        fitting = [element.id for element in elements if element.subject in subjects]
        if fitting:
            return fitting[0] if len(fitting) == 1 else ""
    return ""


def review(
    name: str, organisation: str, functions: Sequence[str], fields: Sequence[Field], others: Sequence[Other]
) -> Review:
    """What stands against a new app and for it."""
    overlaps = tuple(sorted(filter(None, (_overlap(functions, fields, other) for other in others)), key=_most))
    elsewhere = {field.sameness for other in others for field in other.fields}
    covered = tuple(field.label for field in fields if field.sameness in elsewhere)
    fresh = tuple(field.label for field in fields if field.sameness not in elsewhere)
    forbidden = _forbidden(name, organisation, functions)
    return Review(overlaps, covered, fresh, forbidden, *_verdict(overlaps, covered, fresh, forbidden))


def same_function(one: str, other: str) -> bool:
    """Whether two functions are the same by their words: equal, or one (two signs at least) within the other."""
    short, long = sorted((squash(one), squash(other)), key=len)
    return short == long or (len(short) > 1 and short in long)


def _overlap(functions: Sequence[str], fields: Sequence[Field], other: Other) -> Overlap | None:
    theirs = {field.sameness for field in other.fields}
    labels = tuple(field.label for field in fields if field.sameness in theirs)
    does = tuple(one for one in functions if any(same_function(one, their) for their in other.functions))
    if not labels and not does:
        return None
    shares = (len(labels) / len(fields) if fields else 0.0, len(does) / len(functions) if functions else 0.0)
    return Overlap(other.kind, other.number, other.name, other.organisation, labels, does, *shares)


def _most(one: Overlap) -> tuple[float, str]:
    return -max(one.field_share, one.function_share), one.name


def _forbidden(name: str, organisation: str, functions: Sequence[str]) -> tuple[str, ...]:
    text = "、".join((name, *functions))
    found = [f"有“{words}”" for pattern, words in FORBIDDEN.items() if re.search(pattern, text)]
    if _BELOW_COUNTY.search(organisation):
        found.append("县以下原则上不得自建")
    return tuple(found)


def _verdict(
    overlaps: Sequence[Overlap], covered: Sequence[str], fresh: Sequence[str], forbidden: Sequence[str]
) -> tuple[str, str]:
    if forbidden:
        return "refuse", f"{'、'.join(forbidden)}；有关规定不允许。"
    alike = [one for one in overlaps if one.kind == "app" and max(one.function_share, one.field_share) >= ALIKE]
    if alike:
        return "merge", f"和“{alike[0].organisation}”的“{alike[0].name}”大半相同，建议并进去，不另建。"
    if covered and not fresh:
        return "take", "要收的各项都已有人在收，建议从库里取，不再收。"
    return "admit", f"有 {len(fresh)} 项还没有人收，其余 {len(covered)} 项从库里取。" if fresh else "没有重复。"


# An app is asleep when of the people it is for fewer than this share used it in each of so many months.
ASLEEP_SHARE, ASLEEP_MONTHS = 0.1, 3


def asleep(users: int, months: Mapping[str, int], admitted: date, today: date) -> str:
    """Why an app is called a zombie (僵尸应用), "" when it is not. `months` are people who used it by "2026-11".

    Looked at are the last three full months since it was admitted; an app younger than that is let be. A month nobody
    noted counts against it only when none of the three was noted.
    """
    last = _months_before(today, ASLEEP_MONTHS)
    if last[0] <= f"{admitted:%Y-%m}":
        return ""
    noted = {month: months[month] for month in last if month in months}
    if not noted:
        return f"{last[0]} 至 {last[-1]} 没有报过用量"
    if len(noted) == ASLEEP_MONTHS and all(count < max(1, users * ASLEEP_SHARE) for count in noted.values()):
        told = "、".join(f"{month} {count} 人" for month, count in noted.items())
        return f"连续 {ASLEEP_MONTHS} 个月用的人不到应用人的 {ASLEEP_SHARE:.0%}：{told}"
    return ""


def _months_before(today: date, count: int) -> list[str]:
    """The last full months before a day, the earliest first."""
    number = today.year * 12 + today.month - 1
    return [f"{(number - back) // 12:04d}-{(number - back) % 12 + 1:02d}" for back in range(count, 0, -1)]
