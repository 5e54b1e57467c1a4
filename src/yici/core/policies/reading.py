"""From the plain data of a pack's file to policies; everything that is wrong is reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeGuard

from rapidfuzz import fuzz, process

from yici.core.elements import Registry
from yici.core.errors import PackError, Problem
from yici.core.expressions.literals import read_date
from yici.core.pack_documents import ID, DocumentReader
from yici.core.policies.model import (
    HIGHER,
    Benefit,
    Case,
    Clause,
    Dated,
    Figure,
    Grade,
    Mode,
    Outcome,
    Parameter,
    Policy,
    Provenance,
    Value,
)

MOST_CLAUSES = 60
"""Reasons are bits of one number."""

_KEYS = {
    "": "id title issuer document basis source valid subject mode parameters clauses benefit excludes stacks prefer"
    " tests example",
    "source": "title date note",
    "valid": "from to",
    "parameters": "from value",
    "clauses": "id words when",
    "benefit": "amount unit grades note",
    "grades": "name when amount",
    "tests": "name as_of given household members expect amount grade failed missing registers without",
}


def read_policies(documents: Iterable[tuple[str, object]], registry: Registry) -> list[Policy]:
    """The policies of (file, document) pairs in their order. Raises PackError with every problem of all of them."""
    problems: list[Problem] = []
    policies = []
    for file, document in documents:
        reader = _Reader(registry, file)
        policy = reader.policy(document)
        problems += reader.problems
        if policy is not None:
            policies.append(policy)
    if problems:
        raise PackError(problems)
    return policies


@dataclass(slots=True)
class _Reader(DocumentReader[Figure]):
    """Reads one document. `where` is the policy's id once it is known."""

    kind = "policy"
    example_id = "gaoling-80"
    example_figure = "80"

    def policy(self, document: object) -> Policy | None:
        """The policy, or None when something needed is wrong."""
        top = self._mapping(document, "")
        if not top:
            self._say("shape", "这一段不是政策。", "写法见 docs/policies.md。")
            return None
        since, until = self._identified(top)
        found = Policy(
            id=self.where,
            title=self._text(top, "title"),
            issuer=self._text(top, "issuer"),
            subject=self._subject(top.get("subject")),
            mode=self._mode(top.get("mode")),
            clauses=self._clauses(top.get("clauses")),
            since=since or date.min,
            until=until,
            document=str(top.get("document") or ""),
            basis=self._texts(top.get("basis"), "basis"),
            source=self._source(top.get("source")),
            parameters=self._parameters(top.get("parameters")),
            benefit=self._benefit(top.get("benefit")),
            excludes=self._texts(top.get("excludes"), "excludes"),
            stacks=top.get("stacks") is not False,
            prefer=str(top.get("prefer") or HIGHER),
            cases=tuple(
                self._case(number, item) for number, item in enumerate(self._list(top.get("tests"), "tests"), 1)
            ),
            example=top.get("example") is True,
            file=self.file,
        )
        return None if self.problems else found

    def _subject(self, value: object) -> str:
        if value in self.registry.subjects:
            return str(value)
        known = [f"{subject.id}（{subject.name}）" for subject in self.registry.subjects.values()]
        self._say("subject", f"没有主体“{value}”。", f"可用的有：{'、'.join(known)}。")
        return ""

    def _mode(self, value: object) -> Mode:
        try:
            return Mode(str(value))
        except ValueError:
            self._say("mode", f"没有办理方式“{value}”。", f"可用的有：{'、'.join(Mode)}。")
            return Mode.APPLIED

    def _clauses(self, value: object) -> tuple[Clause, ...]:
        clauses: list[Clause] = []
        for number, item in enumerate(self._list(value, "clauses"), 1):
            clause = self._mapping(item, "clauses")
            name = str(clause.get("id") or "")
            if not ID.fullmatch(name) or name in {other.id for other in clauses}:
                self._say("clause", f"第 {number} 个条件的标识“{name}”不合规则或重复。", "写成 id: age 这样。")
            clauses.append(Clause(name, self._text(clause, "words", name), self._text(clause, "when", name)))
        if not 0 < len(clauses) <= MOST_CLAUSES:
            self._say("clause", "没有条件，或条件太多。", f"请写 1 到 {MOST_CLAUSES} 个 clauses。")
        return tuple(clauses)

    def _parameters(self, value: object) -> tuple[Parameter, ...]:
        return tuple(
            Parameter(name, tuple(Dated(since, figure) for since, figure in dated))
            for name, dated in self._dated(value)
        )

    def _steps(self, written: object) -> list[object]:
        # A figure that never changed may be written without a day: it holds as long as the policy does.
        return written if _is_dated(written) else [{"from": date.min, "value": written}]

    def _figure_of(self, value: object) -> Figure | None:
        figure = _figure(value)
        return None if figure == () else figure

    def _benefit(self, value: object) -> Benefit:
        benefit = {} if value is None else self._mapping(value, "benefit")
        grades = []
        for item in self._list(benefit.get("grades"), "grades"):
            grade = self._mapping(item, "grades")
            name = self._text(grade, "name")
            grades.append(Grade(name, self._text(grade, "when", name), _written(grade.get("amount"))))
        found = Benefit(_written(benefit.get("amount")), str(benefit.get("unit") or ""), tuple(grades),
                        str(benefit.get("note") or ""))  # fmt: skip
        if found.amount and found.grades:
            self._say("benefit", "既写了 amount 又写了 grades。", "只留一种。")
        if not (found.amount or found.grades or found.note):
            self._say("benefit", "没有写待遇。", "写 amount、grades 或 note。")
        if (found.amount or found.grades) and not found.unit:
            self._say("benefit", "金额没有单位。", "请写 unit: 元/月 这样的单位。")
        return found

    def _case(self, number: int, value: object) -> Case:
        case = self._mapping(value, "tests")
        name = str(case.get("name") or f"第 {number} 例")
        try:
            expect = Outcome(str(case.get("expect")))
        except ValueError:
            expect = Outcome.UNKNOWN
            self._say("test", f"{name}：expect 写的是“{case.get('expect')}”。", f"可用的有：{'、'.join(Outcome)}。")
        amount = _plain(case.get("amount"))
        if amount is not None and (isinstance(amount, bool) or not isinstance(amount, int | Decimal)):
            self._say("test", f"{name}：amount 不是数字。", "写一个数，如 100。")
            amount = None
        registers = case.get("registers", "all")
        if registers not in ("all", "none"):
            self._say("test", f"{name}：registers 写的是“{registers}”。", "写 all（缺省）或 none。")
        members = [self._values(member) for member in self._list(case.get("members"), "members")]
        return Case(
            name=name,
            expect=expect,
            given=self._values(case.get("given")),
            as_of=self._date(case.get("as_of"), f"{name} as_of"),
            household=self._values(case["household"]) if case.get("household") is not None else None,
            members=tuple(members),
            amount=None if amount is None else Decimal(amount),
            grade=None if case.get("grade") is None else str(case["grade"]),
            failed=None if case.get("failed") is None else self._texts(case["failed"], "failed"),
            missing=None if case.get("missing") is None else self._texts(case["missing"], "missing"),
            registers=registers != "none",
            without=self._texts(case.get("without"), "without"),
        )

    def _values(self, value: object) -> Mapping[str, Value]:
        return {
            str(name): _plain(each)
            for name, each in ({} if value is None else self._dictionary(value, "given")).items()
        }

    def _source(self, value: object) -> Provenance | None:
        if value is None:
            return None
        source = self._mapping(value, "source")
        return Provenance(
            self._text(source, "title", "source"),
            self._date(source.get("date"), "source"),
            str(source.get("note") or ""),
        )

    def _text(self, entry: Mapping[str, Any], key: str, part: str = "") -> str:
        value = entry.get(key)
        if value is None or isinstance(value, list | dict) or not str(value).strip():
            self._say("missing", f"{part + '：' if part else ''}没有写 {key}。", "写法见 docs/policies.md。")
            return ""
        return " ".join(str(value).split())

    def _texts(self, value: object, key: str) -> tuple[str, ...]:
        items = [value] if isinstance(value, str) else self._list(value, key)
        return tuple(str(item) for item in items)

    def _list(self, value: object, key: str) -> Sequence[object]:
        if value is None:
            return ()
        if isinstance(value, list):
            return value
        self._say("shape", f"{key} 应是一列。", "每项一行，以 - 开头。")
        return ()

    def _date(self, value: object, part: str) -> date | None:
        if value is None or isinstance(value, date):
            return value
        iso = read_date(str(value)) or ""
        if len(iso) == len("2025-01-01"):
            return date.fromisoformat(iso)
        self._say("date", f"{part}：“{value}”不是日期。", "日期写作 2025-01-01。")
        return None

    def _dictionary(self, value: object, part: str) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self._say("shape", f"{part} 应是“名称: 值”的形式。", "写法见 docs/policies.md。")
        return {}

    def _mapping(self, value: object, part: str) -> Mapping[str, Any]:
        """A mapping with none but the known keys of that part."""
        found = self._dictionary(value, part or "政策")
        known = _KEYS[part].split()
        for key in found:
            if key not in known:
                near = process.extractOne(str(key), known, scorer=fuzz.ratio)
                hint = f"最接近的是 {near[0]}。可用的有：{'、'.join(known)}。"
                self._say("key", f"{part + ' 里' if part else ''}不认识“{key}”。", hint)
        return found


def _plain(value: object) -> Value:
    """A YAML value as a plain one: numbers exact, dates as ISO text."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if value is None or isinstance(value, bool | int | Decimal):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _is_dated(value: object) -> TypeGuard[list[object]]:
    """Whether a parameter is written as steps with their days, not as one list of values."""
    return isinstance(value, list) and any(isinstance(step, dict) for step in value)


def _figure(value: object) -> Figure | None:
    if isinstance(value, list):
        return tuple(plain for item in value if (plain := _plain(item)) is not None)
    return _plain(value)


def _written(value: object) -> str:
    """An amount as text: a number or a formula."""
    plain = _plain(value)
    return "" if plain is None else " ".join(str(plain).split())
