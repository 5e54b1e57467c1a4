"""Names in conditions: which element a word or a path (户.是否低保户) means, and the nearest ones when none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from yici.core.elements import Element, Registry
from yici.core.errors import Problem
from yici.core.expressions.nodes import Role
from yici.core.expressions.scan import fold

_HEAD_WORDS = ("户主", "head")
MEMBER_WORDS = ("成员", "members")

# From whom one gets to whom by a word of a path. A person has one household, a household one head. Subjects that packs
# add lead nowhere.
_STEPS: frozenset[tuple[Role, Role]] = frozenset(
    [("person", "household"), ("person", "head"), ("household", "head"), ("head", "household")]
)
# Whose elements may be named without a path, own ones first; every other subject's are only its own.
_IMPLIED: dict[str, tuple[Role, ...]] = {"person": ("person", "household")}


def subject_of(role: Role) -> str:
    """The subject type whose elements are meant by a role."""
    return "person" if role == "head" else role


@dataclass(frozen=True, slots=True)
class Named:
    """What a path means."""

    element: Element
    role: Role


@dataclass(frozen=True, slots=True)
class Items:
    """What an aggregate is over: the subjects of a type, or the people of the row's household; and what the path
    says of each of them."""

    subject: str
    members: bool
    rest: tuple[str, ...] = ()


class Lexicon:
    """The words of a registry, ready to be looked up. Full-width and half-width spellings are the same."""

    @classmethod
    def of(cls, registry: Registry) -> Lexicon:
        """The lexicon of the registry as it is now."""
        made_of = (*registry.subjects.values(), *registry.elements.values())
        return registry.worked_out_of("lexicon", made_of, lambda: cls(registry))

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._official: dict[str, list[Element]] = defaultdict(list)
        self._alias: dict[str, list[Element]] = defaultdict(list)
        self._in_context: dict[str, list[Element]] = defaultdict(list)
        for element in registry.elements.values():
            self._official[fold(element.name)].append(element)
            self._official[element.id].append(element)
            for alias in element.aliases:
                self._alias[fold(alias)].append(element)
            for alias in element.context_aliases:
                self._in_context[fold(alias)].append(element)
        self._roles = dict(self._role_words())
        self._spelled = {
            w: e for index in (self._alias, self._official) for w, found in index.items() for e in found[:1]
        }
        self._words, self._names = list(self._spelled), list(self._official)
        self.bracketed = self._with_signs()

    def _role_words(self) -> Iterable[tuple[str, Role]]:
        """What comes later wins: names over aliases."""
        subjects = list(self.registry.subjects.values())
        yield from ((fold(word), subject.id) for subject in subjects for word in subject.aliases)
        yield from ((fold(word), subject.id) for subject in subjects for word in (subject.name, subject.id))
        yield from ((word, "head") for word in _HEAD_WORDS)

    def is_known(self, word: str) -> bool:
        """Whether the word is the name of an element or of a subject, or the last part of an id."""
        indexes = (self._official, self._alias, self._in_context, self._roles)
        return word in MEMBER_WORDS or any(word in index for index in indexes)

    def _with_signs(self) -> dict[str, list[str]]:
        """Names that hold other signs than letters and digits, longest first, by their first character."""
        found: dict[str, list[str]] = defaultdict(list)
        for name in {*self._official, *self._alias, *self._in_context}:
            plain = all(c.isalnum() or c in "_·" for c in name) or name in self.registry.elements
            if name and not plain and not set(name) & set("'\"\\ "):
                found[name[0]].append(name)
        return {first: sorted(names, key=len, reverse=True) for first, names in found.items()}

    def resolve(self, path: tuple[str, ...], subject: str) -> Named | Problem:
        """The element a path means for an expression about `subject`, or what is wrong with it."""
        roles, rest = self._walk(path, subject)
        if isinstance(roles, Problem):
            return roles
        word = ".".join(rest)
        for found in self._tiers(word, roles):
            if len(found) == 1:
                return found[0]
            if found:
                return _ambiguous(path, found)
        return self._not_found(path, word, roles)

    def _walk(self, path: tuple[str, ...], subject: str) -> tuple[tuple[Role, ...] | Problem, tuple[str, ...]]:
        """Follows the leading words of a path: whose elements the rest may name, and the rest."""
        here: Role = subject
        roles, rest = _IMPLIED.get(subject, (here,)), path
        while len(rest) > 1 and (step := self._roles.get(rest[0])):
            leads = step == here or (here, step) in _STEPS
            known = self.registry.elements.get(".".join(rest))
            if known and (not leads or known.subject in map(subject_of, roles)):
                break
            if not leads:
                return _no_way(path, step), rest
            here, rest = step, rest[1:]
            roles = (here,)
        return roles, rest

    def _tiers(self, word: str, roles: tuple[Role, ...]) -> Iterable[list[Named]]:
        """Candidates, the surest kind first: official name of one's own, of what one belongs to, then aliases."""
        for role in roles:
            known = self.registry.elements.get(f"{subject_of(role)}.{word}")
            yield [Named(known, role)] if known else []
        for index in (self._official, self._alias, self._in_context):
            for role in roles:
                elements = {e.id: e for e in index.get(word, ()) if e.subject == subject_of(role)}
                yield [Named(element, role) for element in elements.values()]

    def population(self, path: tuple[str, ...]) -> Items | None:
        """All subjects of a type, named by the first word of the path; None when it names none."""
        subject = self._roles.get(path[0])
        return Items(subject, False, path[1:]) if subject in self.registry.subjects else None

    def members(self, path: tuple[str, ...], subject: str) -> Items | None:
        """The people of the household of a row about `subject`: 户.人, 成员; None when the path leads elsewhere."""
        if subject not in ("person", "household"):
            return None
        here: Role = subject
        for place, word in enumerate(path):
            step = "person" if word in MEMBER_WORDS else self._roles.get(word)
            if step == "person" and (here == "household" or word in MEMBER_WORDS):
                return Items("person", True, path[place + 1 :])
            if step is None or step not in (here, "household"):
                return None
            here = step
        return None

    def owners(self, word: str) -> list[str]:
        """The subject types that have an element of this name, its surest reading first."""
        for index in (self._official, self._alias, self._in_context):
            if found := index.get(word):
                return list(dict.fromkeys(element.subject for element in found))
        return []

    def _not_found(self, path: tuple[str, ...], word: str, roles: tuple[Role, ...]) -> Problem:
        shown = ".".join(path)
        elsewhere = [*self._official.get(word, ()), *self._alias.get(word, ())]
        if elsewhere:
            return self._other_subject(shown, elsewhere[0], roles)
        nearest = self.nearest(word, {subject_of(role) for role in roles})
        hint = f"最接近的有：{'、'.join(nearest)}。" if nearest else "用 yici elements 查看全部数据元。"
        if len(path) == 1 and self._is_value(word):
            hint = f"如果是值，要加引号：'{word}'。"
        return Problem("expression.unknown-name", f"没有叫“{shown}”的数据元。", hint)

    def _is_value(self, word: str) -> bool:
        """Whether the word is a value somebody forgot to put in quotes."""
        if word in ("是", "否"):
            return True
        lists = self.registry.code_lists.values()
        return any(word == code.label or word in code.aliases for codes in lists for code in codes.codes)

    def _other_subject(self, shown: str, element: Element, roles: tuple[Role, ...]) -> Problem:
        theirs, ours = self.subject_name(element.subject), self.subject_name(subject_of(roles[0]))
        hint = f"请改用{ours}的数据元。"
        if element.subject == "person" and roles[0] == "household":
            hint = f"指户主本人时写“户主.{element.name}”；要按人筛选，请用以人为行的表。"
        elif element.subject == "household" and roles[0] in ("person", "head"):
            hint = f"请写“户.{element.name}”。"
        return Problem("expression.other-subject", f"“{shown}”是{theirs}的数据元，这里的条件是对{ours}的。", hint)

    def subject_name(self, subject: str) -> str:
        """What a subject type is called in Chinese."""
        known = self.registry.subjects.get(subject)
        return known.name if known else subject

    def nearest(self, word: str, subjects: set[str], limit: int = 3) -> list[str]:
        """Official names of elements spelled most like the word, those of the subjects first."""
        matches = process.extract(word, self._words, scorer=fuzz.ratio, limit=12, score_cutoff=50)
        matches += process.extract(word, self._names, scorer=fuzz.WRatio, limit=12, score_cutoff=45)
        ranked = sorted(matches, key=lambda match: self._spelled[match[0]].subject not in subjects)
        return list(dict.fromkeys(self._spelled[match[0]].name for match in ranked))[:limit]


def nearest_words(word: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """The known words spelled most like a word."""
    matches = process.extract(word, list(known), scorer=fuzz.WRatio, limit=limit, score_cutoff=45)
    return [match[0] for match in matches]


def _ambiguous(path: tuple[str, ...], found: list[Named]) -> Problem:
    names = "、".join(f"{named.element.name}（{named.element.id}）" for named in found)
    return Problem(
        "expression.ambiguous-name", f"“{'.'.join(path)}”可以指几个数据元：{names}。", "请写数据元的全名或编号。"
    )


def _no_way(path: tuple[str, ...], step: Role) -> Problem:
    hint = "一户有许多人：指户主时写“户主.…”。" if step == "person" else "请去掉这个前缀，或换一种表。"
    return Problem("expression.other-subject", f"从这里到不了“{'.'.join(path)}”。", hint)
