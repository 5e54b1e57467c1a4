"""The registry: elements (数据元), their subjects and code lists. Definitions are data; this module only holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from operator import is_
from typing import Any, TypeVar, cast

_T = TypeVar("_T")


class Kind(StrEnum):
    """What sort of value an element holds."""

    TEXT = "text"
    NAME = "person_name"
    ID_NUMBER = "id_number"
    USCC = "uscc"
    PHONE = "phone"
    DATE = "date"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOL = "bool"
    CODE = "code"
    ADDRESS = "address"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code list. `aliases` are spellings met in practice (汉 for 汉族).

    `parent` is the code a narrower entry rolls up to (22 长子 → 20 子); it is empty for the entries values resolve to.
    """

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    parent: str = ""


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list (代码表), in the order of its standard.

    `codes` are the entries values resolve to. `details` are the narrower entries of the national standard: each has a
    `parent` among `codes`, and its label and aliases are already among the aliases of that parent.
    """

    id: str
    name: str
    codes: tuple[Code, ...]
    standard: str = ""
    details: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Element:
    """A registered fact (数据元) about a subject type: "person", "household", "enterprise", or one that a pack adds.

    `derived` elements are computed (年龄), never stored. `identifies` marks the element that is its subject's key.
    `unit` is the unit values are kept in ("元", "亩", "元/月"); `authority` the departments it is kept by.
    `future` marks dates that may lie ahead (办结期限); all others are of what has happened.
    `register` marks what only those on a list have (低保, 残疾等级): who is not on it has it not, once it is kept.
    `generic` marks names that need the subject to be clear from their surroundings (姓名, 联系电话).
    `aliases` mean this element wherever they stand (a generic element's: wherever its subject is clear).
    `context_aliases` are short words (电话, 地址, 名称) that mean it only in a form clearly about its subject.
    """

    id: str
    subject: str
    name: str
    kind: Kind
    definition: str = ""
    codes: str | None = None
    unit: str | None = None
    aliases: tuple[str, ...] = ()
    sensitivity: str = "一般"
    share: str = "有条件共享"
    authority: tuple[str, ...] = ()
    derived: bool = False
    identifies: bool = False
    generic: bool = False
    future: bool = False
    context_aliases: tuple[str, ...] = ()
    register: bool = False

    def __hash__(self) -> int:
        """By its id: expressions are looked up thousands of times for one form, and hold elements deep inside."""
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class SubjectType:
    """A subject type (主体): person 人, household 户, enterprise 企业, and what packs add (事项, 民生项目 …).

    `key` names the element that identifies.
    """

    id: str
    name: str
    key: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inference:
    """How an element follows from another one of the same subject when no record states it: `rules` map the first
    characters of the other's value (a code) to a label. The longest that fits decides; none fits: it stays unknown."""

    source: str
    rules: tuple[tuple[str, str], ...]


BUILT_IN = ("person", "household", "enterprise")
"""The subject types with rules of their own. Every other one is known by its key alone."""


@dataclass(slots=True)
class Registry:
    """All definitions in force. Pass it as an argument; there is no global one.

    `worked_out` keeps what others made of the definitions (the lexicons of expressions, forms and ledgers), with what
    it was made of: see `worked_out_of`.
    """

    subjects: dict[str, SubjectType] = field(default_factory=dict)
    elements: dict[str, Element] = field(default_factory=dict)
    code_lists: dict[str, CodeList] = field(default_factory=dict)
    inferences: dict[str, Inference] = field(default_factory=dict)
    worked_out: dict[str, tuple[tuple[object, ...], Any]] = field(default_factory=dict, repr=False, compare=False)

    def worked_out_of(self, name: str, made_of: tuple[object, ...], make: Callable[[], _T]) -> _T:
        """What was made of these definitions under a name, made anew only when one of them was replaced."""
        before, kept = self.worked_out.get(name, (None, None))
        if before is None or len(before) != len(made_of) or not all(map(is_, before, made_of)):
            kept = make()
            self.worked_out[name] = made_of, kept
        return cast("_T", kept)

    def element(self, name_or_id: str) -> Element:
        """The element of that id or official name. Raises KeyError."""
        if name_or_id in self.elements:
            return self.elements[name_or_id]
        for element in self.elements.values():
            if element.name == name_or_id:
                return element
        raise KeyError(name_or_id)

    def subject_type(self, name_or_id: str) -> SubjectType | None:
        """The subject type of that id, name or alias; None when there is none."""
        named = (s for s in self.subjects.values() if name_or_id in (s.id, s.name, *s.aliases))
        return next(named, None)

    def of_subject(self, subject: str) -> list[Element]:
        return [element for element in self.elements.values() if element.subject == subject]

    @property
    def added_subjects(self) -> tuple[str, ...]:
        """The subject types that packs add: those besides the built-in ones whose key element is registered."""
        return tuple(
            subject.id
            for subject in self.subjects.values()
            if subject.id not in BUILT_IN and subject.key in self.elements
        )

    def name_of(self, subject: str) -> str:
        """The element a subject is called by: a person's name, a household's head, `<subject>.name`, else its key."""
        if subject == "household":
            return "household.head_name"
        name = f"{subject}.name"
        return name if name in self.elements else self.subjects[subject].key

    def village_of(self, subject: str) -> str:
        """The id of the element that tells the unit of a household or of a subject that a pack adds, registered or
        not. People have their household's, enterprises none."""
        return f"{subject}.village"

    def codes_of(self, element: Element) -> tuple[Code, ...]:
        """The codes an element may take; empty for elements without a code list."""
        return self.code_lists[element.codes].codes if element.codes else ()

    @classmethod
    def of(
        cls,
        subjects: Iterable[SubjectType],
        elements: Iterable[Element],
        code_lists: Iterable[CodeList],
        inferences: Mapping[str, Inference] | None = None,
    ) -> Registry:
        return cls(
            {subject.id: subject for subject in subjects},
            {element.id: element for element in elements},
            {codes.id: codes for codes in code_lists},
            dict(inferences or {}),
        )
