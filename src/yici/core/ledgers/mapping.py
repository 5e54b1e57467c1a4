"""Mapping the columns of a table to elements: by labels, by values, and by agreement with the pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from yici.core.binding.binder import Binder
from yici.core.binding.party import Party
from yici.core.binding.result import Binding
from yici.core.elements import BUILT_IN, Element, Kind, Registry
from yici.core.ledgers.cells import Raw, is_filled
from yici.core.ledgers.columns import Column, How, TableMap, Unmapped, identities_of, key_of
from yici.core.ledgers.evidence import PROVEN, PROVEN_AS_SAID, agreement, best_supported, fit, same_values
from yici.core.ledgers.headings import legend_in_headings, unit_in_headings, unit_in_lines
from yici.core.ledgers.labels import bind_columns, is_unbound, names_an_id, party_of_path, subject_by_labels
from yici.core.ledgers.lexicon import Lexicon
from yici.core.ledgers.tables import Table
from yici.core.recognition.labels import read_label, squash
from yici.core.values.credit_codes import UsccKind
from yici.core.values.id_numbers import IdNumberKind
from yici.core.values.model import Value

# A column bound by its label is given up when more of its values than this are not of the element's kind; one whose
# heading is the element's own word keeps it much longer, as a bad typist is likelier than another meaning.
VIOLATIONS = 0.03
VIOLATIONS_OF_EXACT = 0.5
# Names that are words of headings by chance are rarer than this; in a form taken for a ledger they are many.
LABELS_IN_A_FORM = 0.1
_OTHER_PARTIES = frozenset(("the guardian's", "somebody else's"))
Columns = dict[int, Column]
Sample = Mapping[int, Sequence[Raw]]


class PoolValues(Protocol):
    """What the pool knows about subjects named by a key element."""

    def known(self, key: str, values: Sequence[str], elements: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        """{key value: {element: value}} for those of the keys that the pool has."""


def map_table(
    table: Table,
    sample: Sample,
    binder: Binder,
    pool: PoolValues | None = None,
    authority: Sequence[str] = (),
) -> TableMap:
    """What each column of a table means. `sample` holds raw cells of some rows, by column, the same rows for all.

    `authority` are the elements the sender is the source of: a doubtful heading that is part of one of their names
    means it.
    """
    registry = binder.lexicon.registry
    subject = subject_by_labels(table.paths, binder, table.above) or _subject_by_values(table, sample)
    if not subject:
        return TableMap("", tuple(Column(col, table.heading(col), path) for col, path in sorted(table.paths.items())))
    columns = _by_labels(table, binder, subject)
    columns = _keys_by_values(columns, sample, subject, registry)
    columns = _without_violations(columns, sample, registry)
    columns = _once_each(columns, sample, registry)
    columns = _supported_by_values(columns, sample, registry, subject, authority)
    if pool is not None:
        columns = _supported_by_pool(columns, sample, registry, subject, pool)
    return TableMap(subject, tuple(columns.values()), identities_of(subject, registry))


def why_not_imported(mapped: TableMap, sample: Sample, lexicon: Lexicon) -> str:
    """Why a table is not a ledger: nothing says who its rows are about, or labels stand where names should be, as in
    a blank form or a card. "" when it is one."""
    if not mapped.identified:
        return "no identifying column"
    identities = [column for element in mapped.identities if (column := mapped.of(element))]
    cells = [raw for column in identities for raw in sample[column.col] if is_filled(raw)]
    labels = sum(lexicon.is_heading(raw) for raw in cells)
    told = sum(any(is_filled(raw) for raw in sample[column.col]) for column in mapped.mapped)
    only_names = len(mapped.mapped) > 1 and told == 1
    return "a form" if only_names or labels > LABELS_IN_A_FORM * len(cells) else ""


def _subject_by_values(table: Table, sample: Sample) -> str:
    """Headings that say nothing, but a column of ID numbers or credit codes."""
    for col, path in table.paths.items():
        if names_an_id(path) is not False and fit(IdNumberKind(), sample[col]).proven():
            return "person"
    return "enterprise" if any(fit(UsccKind(), sample[col]).proven() for col in table.paths) else ""


def _by_labels(table: Table, binder: Binder, subject: str) -> Columns:
    bindings = bind_columns(table.paths, binder, subject)
    registry = binder.lexicon.registry
    columns: Columns = {}
    for col, path in sorted(table.paths.items()):
        column = Column(col, table.heading(col), path, legend=legend_in_headings(path))
        if col in bindings:
            column = _bound(column, bindings[col], registry, subject, table.above)
        elif path and is_unbound(path):
            column = replace(column, why_not=Unmapped.HUMAN)
        columns[col] = column
    return columns


def _bound(column: Column, binding: Binding, registry: Registry, subject: str, lines: Sequence[str]) -> Column:
    """A column after binding: mapped when the binding is certain and the row can hold the element."""
    names = tuple(candidate.element for candidate in binding.candidates if candidate.element in registry.elements)
    column = replace(column, candidates=names, why_not=Unmapped.UNSURE if names else Unmapped.UNKNOWN)
    element = registry.elements.get(binding.element or "")
    if element is None:
        return column
    unit = unit_in_headings(column.path) or unit_in_lines(lines, element.unit or "")
    column = replace(column, unit=unit, exact=_is_exact(column, element))
    if not binding.certain:
        # What the binder gives to a guardian or somebody else is not to be won back by values.
        others = _OTHER_PARTIES.intersection(binding.evidence)
        return replace(column, why_not=Unmapped.OTHERS) if others else column
    if element.derived:
        return replace(column, why_not=Unmapped.DERIVED)
    # In a ledger of households a person's facts are the head's; in one of persons the head's are not the row's.
    of_head = binding.of == "head"
    if (of_head and subject != "household") or (not of_head and not holds(subject, element)):
        return replace(column, why_not=Unmapped.OTHERS)
    return replace(column, element=element.id, how=How.LABEL)


def holds(subject: str, element: Element) -> bool:
    """Whether a row about a subject may hold an element: its own, and one about a person also the household's."""
    return element.subject == subject or (subject == "person" and element.subject == "household")


def _is_exact(column: Column, element: Element) -> bool:
    core = squash(read_label(column.path[-1]).core)
    return core in {squash(word) for word in (element.name, *element.aliases)}


def _keys_by_values(columns: Columns, sample: Sample, subject: str, registry: Registry) -> Columns:
    """ID numbers and credit codes prove their column, unless its heading gives them to somebody else."""
    if subject not in BUILT_IN:
        return columns
    taken = {column.element for column in columns.values()}
    found = dict(columns)
    for col, column in columns.items():
        if column.element is None and column.why_not not in (Unmapped.HUMAN, Unmapped.OTHERS):
            element = _key_by_values(column, sample[col], subject, registry)
            if element is not None and element not in taken:
                taken.add(element)
                found[col] = replace(column, element=element, how=How.VALUES)
    return found


def _key_by_values(column: Column, cells: Sequence[Raw], subject: str, registry: Registry) -> str | None:
    key = key_of(subject, registry)
    if subject == "enterprise":
        speaks_of_code = not column.path or any(word in column.path[-1] for word in ("代码", "信用", "注册号"))
        return key if speaks_of_code and fit(UsccKind(), cells).proven() else None
    party = party_of_path(column.path, subject)
    named = names_an_id(column.path)
    if named is False or party not in (Party.SELF, Party.HEAD):
        return None
    if not fit(IdNumberKind(), cells).proven(PROVEN_AS_SAID if named else PROVEN):
        return None
    return key_of("household", registry) if party is Party.HEAD else key


def _without_violations(columns: Columns, sample: Sample, registry: Registry) -> Columns:
    found = dict(columns)
    for col, column in columns.items():
        if column.element and column.how is How.LABEL:
            limit = VIOLATIONS_OF_EXACT if column.exact else VIOLATIONS
            seen = fit(column.kind(registry), sample[col])
            if seen.refused_share > limit and seen.refused > 1:
                found[col] = replace(column, element=None, how=How.UNMAPPED, why_not=Unmapped.VIOLATIONS)
    return found


def _once_each(columns: Columns, sample: Sample, registry: Registry) -> Columns:
    """Of two columns for one element the better one stays, when they agree or one heading is the element's own word."""
    found = dict(columns)
    by_element: dict[str, list[Column]] = {}
    for column in columns.values():
        if column.element:
            by_element.setdefault(column.element, []).append(column)
    for rivals in by_element.values():
        if len(rivals) > 1:
            keep = _better(rivals, sample, registry)
            for column in rivals:
                if column is not keep:
                    found[column.col] = replace(column, element=None, how=How.UNMAPPED, why_not=Unmapped.TWICE)
    return found


def _better(rivals: list[Column], sample: Sample, registry: Registry) -> Column | None:
    kind = rivals[0].kind(registry)
    element = registry.elements[rivals[0].element or ""]
    cleaned = {column.col: [kind.clean(raw) for raw in sample[column.col]] for column in rivals}
    fullest = max(rivals, key=lambda column: sum(len(str(one.value or "")) for one in cleaned[column.col]))
    if all(same_values(cleaned[fullest.col], cleaned[column.col]) for column in rivals):
        return fullest
    if element.kind is Kind.DATE:
        return None
    exact = [column for column in rivals if column.exact]
    # Two phones of one person are both theirs; the first column of a name or number is the row's own.
    settled = element.kind in (Kind.PHONE, Kind.NAME, Kind.ID_NUMBER, Kind.USCC)
    return exact[0] if len(exact) == 1 else rivals[0] if settled else None


def _supported_by_values(
    columns: Columns, sample: Sample, registry: Registry, subject: str, authority: Sequence[str]
) -> Columns:
    """Doubtful labels become certain when they mean an element that the sender is the source of: a heading that is part
    of its name, or one that suggests it while the values are labels of its code list. The values must fit."""
    taken = {column.element for column in columns.values()}
    found = dict(columns)
    for col, column in columns.items():
        if column.element or column.why_not not in (Unmapped.UNSURE, Unmapped.UNKNOWN):
            continue
        if party_of_path(column.path, subject) not in (Party.SELF, Party.HEAD):
            continue
        named = [name for name in authority if name not in taken and _part_of(column, registry.elements[name])]
        coded = [n for n in authority if n in column.candidates and registry.elements[n].kind is Kind.CODE]
        for names in (named, [name for name in coded if name not in taken]):
            fitting = [n for n in names if _may_tell(registry, n, subject) and _fits(column, n, sample[col], registry)]
            if len(fitting) == 1:
                taken.add(fitting[0])
                found[col] = replace(column, element=fitting[0], how=How.VALUES)
                break
    return found


def _part_of(column: Column, element: Element) -> bool:
    """Whether a heading is the element's name or an alias without its first words (月保障金额 of 低保月保障金额)."""
    core = squash(read_label(column.path[-1]).core) if column.path else ""
    return len(core) >= 3 and any(squash(word).endswith(core) for word in (element.name, *element.aliases))


def _fits(column: Column, name: str, cells: Sequence[Raw], registry: Registry) -> bool:
    kind = column.kind(registry, name)
    seen = fit(kind, cells)
    distinct = {one.value for one in map(kind.clean, cells) if one.value is not None}
    enough = 2 if registry.elements[name].kind is Kind.CODE else 1
    return seen.refused_share <= VIOLATIONS and len(distinct) >= enough


def _supported_by_pool(columns: Columns, sample: Sample, registry: Registry, subject: str, pool: PoolValues) -> Columns:
    """Doubtful labels become certain when the column says what the pool knows about the same subjects."""
    identity = key_of(subject, registry)
    key = next((column for column in columns.values() if column.element == identity), None)
    taken = {column.element for column in columns.values()}
    doubtful = {
        col: [name for name in column.candidates if _may_hold(registry, name, subject) and name not in taken]
        for col, column in columns.items()
        if not column.element and column.why_not is Unmapped.UNSURE
    }
    doubtful = {
        col: names
        for col, names in doubtful.items()
        if names and party_of_path(columns[col].path, subject) in (Party.SELF, Party.HEAD)
    }
    if key is None or not doubtful:
        return columns
    ids = [one.value for one in map(key.kind(registry).clean, sample[key.col])]
    wanted = sorted({name for names in doubtful.values() for name in names})
    known = pool.known(identity, sorted({str(value) for value in ids if value}), wanted)
    found = dict(columns)
    for col, names in doubtful.items():
        best = _best_of(columns[col], names, sample[col], ids, known, registry)
        if best is not None and best not in taken:
            taken.add(best)
            found[col] = replace(columns[col], element=best, how=How.VALUES)
    return found


def _may_tell(registry: Registry, name: str, subject: str) -> bool:
    """Whether a column may hold an element: in a ledger of households also a fact of the head's, not who that is."""
    element = registry.elements[name]
    of_head = subject == "household" and element.subject == "person" and not (element.generic or element.identifies)
    return _may_hold(registry, name, subject) or (of_head and not element.derived)


def _may_hold(registry: Registry, name: str, subject: str) -> bool:
    element = registry.elements[name]
    return not element.derived and holds(subject, element)


def _best_of(
    column: Column,
    names: Sequence[str],
    cells: Sequence[Raw],
    ids: Sequence[Value],
    known: Mapping[str, Mapping[str, Value]],
    registry: Registry,
) -> str | None:
    found = {}
    for name in names:
        kind = column.kind(registry, name)
        ours = [kind.clean(raw).value for raw in cells]
        theirs = [known.get(str(value), {}).get(name) for value in ids]
        found[name] = agreement(kind, ours, theirs)
    return best_supported(found)
