"""From the plain data of a pack's file to assessment schemes; everything that is wrong is reported at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from yici.core.elements import Registry
from yici.core.errors import PackError, Problem
from yici.core.expressions.literals import read_date
from yici.core.indicators.model import (
    AdjustmentRules,
    BaseRule,
    Branch,
    Dated,
    Direction,
    Evidence,
    Exclusion,
    Grade,
    Indicator,
    Item,
    Latent,
    Method,
    Missing,
    Parameter,
    Publicity,
    Purpose,
    Scheme,
    Scored,
    Scoring,
    Span,
    Stage,
    Value,
    Veto,
    Without,
)
from yici.core.pack_documents import ID, DocumentReader

_ZERO = Decimal(0)
_LARGEST = 10**15
_KEYS = {
    "": "id title version purpose issuer document source example valid scored parameters indicators grades vetoes"
    " adjustments publicity",
    "valid": "from to",
    "scored": "unit subject by where exclude",
    "exclude": "when reason grade",
    "parameters": "from value",
    "group": "group weight items",
    "item": "id name definition expression unit weight direction evidence span latent objectors reported scoring"
    " missing without",
    "latent": "since months stages",
    "stages": "after words expression at_least",
    "scoring": "method target zero base times per points bands cap floor",
    "without": "when gets",
    "grades": "name share at_least",
    "vetoes": "when grade reason",
    "adjustments": "plus minus",
    "publicity": "days start",
}
_Word = TypeVar("_Word", bound=StrEnum)


def read_schemes(documents: Iterable[tuple[str, object]], registry: Registry) -> list[Scheme]:
    """The schemes of (file, document) pairs in their order. Raises PackError with every problem of all of them."""
    problems: list[Problem] = []
    schemes = []
    for file, document in documents:
        reader = _Reader(registry, file)
        scheme = reader.scheme(document)
        problems += reader.problems
        if scheme is not None and not reader.problems:
            schemes.append(scheme)
    if problems:
        raise PackError(problems)
    return schemes


@dataclass(slots=True)
class _Reader(DocumentReader[str | int | bool | Decimal]):
    """Reads one document. `where` is the scheme's id once it is known."""

    kind = "scheme"
    example_id = "township-results"
    example_figure = "24.097"

    seen: set[str] = field(default_factory=set)

    def scheme(self, document: object) -> Scheme | None:
        """The scheme, as far as it can be read."""
        top = self._mapping(document, "")
        if not top:
            self._say("shape", "这一段不是考核方案。", "写法见 docs/indicators.md。")
            return None
        since, until = self._identified(top)
        publicity = self._mapping(top.get("publicity"), "publicity")
        caps = self._mapping(top.get("adjustments"), "adjustments")
        return Scheme(
            id=self.where,
            title=self._text(top, "title"),
            version=str(top.get("version") or (since.year if since else "")),
            purpose=self._word(top.get("purpose"), Purpose, Purpose.ASSESSMENT, "purpose"),
            scored=self._scored(top.get("scored")),
            root=Branch(self._text(top, "title"), None, self._nodes(top.get("indicators"), "")),
            since=since or date.min,
            until=until,
            issuer=str(top.get("issuer") or ""),
            document=str(top.get("document") or ""),
            source=str(top.get("source") or ""),
            example=top.get("example") is True,
            parameters=self._parameters(top.get("parameters")),
            grades=tuple(self._grade(item) for item in self._list(top.get("grades"), "grades")),
            vetoes=tuple(self._veto(item) for item in self._list(top.get("vetoes"), "vetoes")),
            adjustments=AdjustmentRules(self._number(caps.get("plus"), "plus"),
                                        self._number(caps.get("minus"), "minus")),
            publicity=Publicity(int(self._number(publicity.get("days"), "days")),
                                self._date(publicity.get("start"), "publicity.start")),
            file=self.file,
            definition=document,
        )  # fmt: skip

    def _scored(self, value: object) -> Scored:
        entry = self._mapping(value, "scored")
        subject = str(entry.get("subject") or "")
        if subject and subject not in self.registry.subjects:
            known = "、".join(f"{s.id}（{s.name}）" for s in self.registry.subjects.values())
            self._say("subject", f"没有主体“{subject}”。", f"可用的有：{known}。")
        if [bool(subject), "unit" in entry, "by" in entry].count(True) != 1:
            hint = (
                "评单位写 {unit: 村}，评企业写 {subject: enterprise}，评部门写 {by: {matter: 承办单位}}，三者写一种。"
            )
            self._say("scored", "没有写清评谁。", hint)
        exclude = []
        for item in self._list(entry.get("exclude"), "exclude"):
            part = self._mapping(item, "exclude")
            exclude.append(
                Exclusion(self._text(part, "when"), self._text(part, "reason"), str(part.get("grade") or "T"))
            )
        if not subject and (exclude or entry.get("where")):
            self._say("scored", "where 和 exclude 只能用于评主体。", "评单位时按区划种类选取。")
        by = self._organisations(entry.get("by"))
        return Scored(subject, str(entry.get("unit") or ""), by, str(entry.get("where") or ""), tuple(exclude))

    def _organisations(self, value: object) -> tuple[tuple[str, str], ...]:
        found = []
        for name, text in ({} if value is None else self._dictionary(value, "by")).items():
            subject = next((s for s in self.registry.subjects.values() if str(name) in (s.id, s.name)), None)
            if subject is None:
                known = "、".join(f"{s.id}（{s.name}）" for s in self.registry.subjects.values())
                self._say("subject", f"没有主体“{name}”。", f"可用的有：{known}。")
            else:
                found.append((subject.id, str(text)))
        return tuple(found)

    def _nodes(self, value: object, group: str) -> tuple[Branch | Item, ...]:
        nodes: list[Branch | Item] = []
        for item in self._list(value, "indicators"):
            if isinstance(item, dict) and "items" in item:
                part = self._mapping(item, "group")
                name = self._text(part, "group")
                weight = None if part.get("weight") is None else self._number(part["weight"], f"{name} weight")
                nodes.append(Branch(name, weight, self._nodes(part["items"], name)))
            else:
                nodes.append(self._item(self._mapping(item, "item"), group))
        if not nodes:
            self._say("empty", f"{group or '方案'}下没有指标。", "请在 indicators 里写指标。")
        return tuple(nodes)

    def _item(self, part: Mapping[str, Any], group: str) -> Item:
        name = str(part.get("id") or "")
        if not ID.fullmatch(name) or name in self.seen:
            self._say("indicator", f"指标标识“{name}”不合规则或重复。", "写成 id: satisfaction 这样，不要重复。")
        self.seen.add(name)
        indicator = Indicator(
            id=name,
            name=self._text(part, "name", name),
            definition=str(part.get("definition") or ""),
            expression=str(part.get("expression") or ""),
            unit=str(part.get("unit") or ""),
            direction=self._word(part.get("direction"), Direction, Direction.HIGHER, f"{name} direction"),
            evidence=self._word(part.get("evidence"), Evidence, None, f"{name} evidence"),
            span=self._word(part.get("span"), Span, Span.PERIOD, f"{name} span"),
            latent=self._latent(part.get("latent"), name),
            objectors=tuple(str(who) for who in self._list(part.get("objectors"), name)),
            reported=str(part.get("reported") or ""),
        )
        if not indicator.expression and not indicator.reported:
            self._say("indicator", f"{name} 没有写怎么算。", "请写 expression；确需人工填报的写 reported: 谁填。")
        without = self._mapping(part["without"], "without") if part.get("without") is not None else None
        gets = Missing.MEAN
        if without is not None:
            gets = self._word(without.get("gets"), Missing, Missing.MEAN, f"{name} without.gets")
        return Item(
            indicator,
            self._number(part.get("weight"), f"{name} weight", needed=True),
            self._scoring(part.get("scoring"), name),
            self._word(part.get("missing"), Missing, Missing.UNKNOWN, f"{name} missing"),
            None if without is None else Without(self._text(without, "when", name), gets),
            group,
        )

    def _scoring(self, value: object, name: str) -> Scoring:
        part = self._mapping({"method": Method.RATE} if value is None else value, "scoring")
        base, rule = part.get("base"), None
        if isinstance(base, str) and base in list(BaseRule):
            rule, base = BaseRule(base), None
        bands = []
        for band in self._list(part.get("bands"), f"{name} bands"):
            if isinstance(band, list) and len(band) == 2:
                bands.append((self._number(band[0], f"{name} bands"), self._number(band[1], f"{name} bands")))
            else:
                self._say("scoring", f"{name} 的分档写法不对。", "写成 bands: [[90, 1], [80, 0.8]]。")
        return Scoring(
            method=self._word(part.get("method"), Method, None, f"{name} method"),
            target=self._figure(part.get("target"), f"{name} target"),
            zero=self._figure(part.get("zero"), f"{name} zero"),
            base=self._figure(base, f"{name} base"),
            base_rule=rule,
            times=self._number(part.get("times"), f"{name} times", default=Decimal(1)),
            per=self._number(part.get("per"), f"{name} per", default=Decimal(1)),
            points=self._number(part.get("points"), f"{name} points", default=Decimal(1)),
            bands=tuple(bands),
            cap=None if part.get("cap") is None else self._number(part["cap"], f"{name} cap"),
            floor=None if part.get("floor") is None else self._number(part["floor"], f"{name} floor"),
        )

    def _latent(self, value: object, name: str) -> Latent | None:
        if value is None:
            return None
        part = self._mapping(value, "latent")
        since = self._date(part.get("since"), f"{name} latent.since")
        if since is None:
            self._say("latent", f"{name} 没有写潜绩从哪一天开始做。", "请写 latent: {since: 2025-01-01, …}。")
        stages = []
        for item in self._list(part.get("stages"), f"{name} stages"):
            stage = self._mapping(item, "stages")
            stages.append(Stage(
                int(self._number(stage.get("after"), f"{name} after", needed=True)), self._text(stage, "words", name),
                self._text(stage, "expression", name),
                self._number(stage.get("at_least"), f"{name} at_least", default=Decimal(1)),
            ))  # fmt: skip
        months = int(self._number(part.get("months"), f"{name} months", needed=True))
        return Latent(since or date.min, months, tuple(sorted(stages, key=lambda stage: stage.after)))

    def _parameters(self, value: object) -> tuple[Parameter, ...]:
        return tuple(
            Parameter(name, tuple(Dated(since, figure) for since, figure in dated))
            for name, dated in self._dated(value)
        )

    def _steps(self, written: object) -> list[object]:
        return written if isinstance(written, list) else [{"from": date.min, "value": written}]

    def _figure_of(self, value: object) -> str | int | bool | Decimal | None:
        return _plain(value)

    def _grade(self, value: object) -> Grade:
        part = self._mapping(value, "grades")
        share = None if part.get("share") is None else self._number(part["share"], "grades share")
        at_least = None if part.get("at_least") is None else self._number(part["at_least"], "grades at_least")
        return Grade(self._text(part, "name"), share, at_least)

    def _veto(self, value: object) -> Veto:
        part = self._mapping(value, "vetoes")
        return Veto(self._text(part, "when"), self._text(part, "grade"), self._text(part, "reason"))

    def _word(self, value: object, words: type[_Word], default: _Word | None, part: str) -> _Word:
        if value is None and default is not None:
            return default
        try:
            return words(str(value))
        except ValueError:
            self._say(
                "word",
                f"{part} 写的是“{value if value is not None else ''}”。",
                f"可用的有：{'、'.join(words)}。",
            )
            return next(iter(words))

    def _number(self, value: object, part: str, *, default: Decimal = _ZERO, needed: bool = False) -> Decimal:
        plain = _plain(value)
        if isinstance(plain, int | Decimal) and not isinstance(plain, bool):
            return Decimal(plain)
        if value is not None or needed:
            self._say("number", f"{part} 应当是一个数，写的是“{value if value is not None else ''}”。", "请写数字。")
        return default

    def _figure(self, value: object, part: str) -> Value:
        """A number, or the name of a parameter, which is looked up on the day."""
        if isinstance(value, str) and re.fullmatch(r"参数\.\S+", value.strip()):
            return value.strip()
        return None if value is None else self._number(value, part)

    def _mapping(self, value: object, part: str) -> Mapping[str, Any]:
        found = {} if value is None else self._dictionary(value, part)
        unknown = [str(key) for key in found if key not in _KEYS[part].split()]
        if unknown:
            hint = f"可用的有：{'、'.join(_KEYS[part].split())}。"
            self._say("key", f"{part or '方案'}里不认识“{'、'.join(unknown)}”。", hint)
        return found

    def _dictionary(self, value: object, part: str) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self._say("shape", f"{part or '方案'}应当是“名: 值”。", "写法见 docs/indicators.md。")
        return {}

    def _list(self, value: object, part: str) -> list[object]:
        if value is None or isinstance(value, list):
            return value or []
        self._say("shape", f"{part} 应当是列表。", "写法见 docs/indicators.md。")
        return []

    def _text(self, part: Mapping[str, Any], key: str, name: str = "") -> str:
        value = part.get(key)
        if value is None or not str(value).strip():
            self._say("text", f"{name + ' ' if name else ''}没有写 {key}。", f"请补上 {key}。")
            return ""
        return str(value).strip()

    def _date(self, value: object, part: str) -> date | None:
        if isinstance(value, datetime):
            return value.date()
        if value is None or isinstance(value, date):
            return value
        text = read_date(str(value))
        if text is None or len(text) != 10:
            self._say("date", f"{part} 写的“{value}”不是日期。", "写成 2025-01-01。")
            return None
        return date.fromisoformat(text)


def _plain(value: object) -> Value:
    """A value of YAML as ours: numbers with a point become exact, dates ISO text."""
    if isinstance(value, float):
        try:
            number = Decimal(repr(value))
        except InvalidOperation:
            return None
        return number if number.is_finite() and abs(number) < _LARGEST else None
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return None
    return value if isinstance(value, str | int | bool | Decimal) else None
