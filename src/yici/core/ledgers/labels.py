"""What the headings of a table say: its subject, and for each column the element its labels bind to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from yici.core.binding.binder import Binder
from yici.core.binding.party import Party, party_of
from yici.core.binding.result import Binding
from yici.core.binding.subjects import subject_of
from yici.core.binding.words import NAME_LIKE
from yici.core.grid import Span
from yici.core.recognition.labels import read_label, squash
from yici.core.recognition.roles import is_counter, is_human
from yici.core.recognition.template import Area, Slot

Paths = Mapping[int, tuple[str, ...]]

_REMARK = re.compile(r"备注|备考|说明|其他|其它")
_WORDS_OF_ID = re.compile(
    r"公民|居民|有效|法定|身份证件|身份证|身份|证件|号码|证号|证|号|ID|id|\(18位\)|18位|本人|的|人员|成员|户主|户主的|户主本人"
)


def subject_by_labels(paths: Paths, binder: Binder, lines: Sequence[str]) -> str:
    """What the rows of a table are about by their headings; "" when these do not tell."""
    slots = [Slot(row=1, col=col, path=path) for col, path in sorted(paths.items()) if path]
    area = Area(kind="rows", sheet="", span=Span(1, 1, 1, 1), slots=slots)
    return subject_of(area, binder.lexicon, " ".join(lines))


def bind_columns(paths: Paths, binder: Binder, subject: str) -> dict[int, Binding]:
    """Bind every column with headings, left to right: 联系电话 after 网格员 is not taken for the person's own."""
    start = Party.HEAD if subject == "household" else Party.SELF
    found: dict[int, Binding] = {}
    after = start
    group: tuple[str, ...] = ()
    for col, path in sorted(paths.items()):
        if not path or is_unbound(path):
            continue
        if path[:-1] != group and len(path) + len(group) > 1:
            # A group of columns under a heading of its own (监护人) ends where that heading ends.
            after = start
        group = path[:-1]
        found[col] = binder.bind(_without_own_groups(path, subject), subject=subject, after=after)
        after = _party_after(path, found[col], subject, after)
    return found


def is_unbound(path: Sequence[str]) -> bool:
    """Running numbers, remarks and signatures: nothing that an element stands behind."""
    return is_counter(path[-1]) or is_human(path[-1]) or _REMARK.fullmatch(read_label(path[-1]).core) is not None


def names_an_id(path: Sequence[str]) -> bool | None:
    """Whether a heading asks for the subject's own ID number: every word of it is one that such headings are made of.

    None when there is no heading at all.
    """
    if not path:
        return None
    return not _WORDS_OF_ID.sub("", squash(read_label(path[-1]).core))


def party_of_path(path: Sequence[str], subject: str) -> Party:
    """Whose a column is by its own words: the head's, a guardian's, somebody else's, or the subject's own."""
    for part in reversed(path):
        party = Party.SELF if _is_own_head(part, subject) else party_of(read_label(part).core, subject)
        if party in (Party.HEAD, Party.GUARDIAN, Party.OTHER):
            return party
    return Party.SELF


def _is_own_head(part: str, subject: str) -> bool:
    """In a ledger of households 特困人员 or 低保对象 is the household's own head, not somebody else."""
    return subject == "household" and party_of(read_label(part).core, "person") is Party.SELF


def _without_own_groups(path: tuple[str, ...], subject: str) -> tuple[str, ...]:
    """The path without group headings that only name the head in other words."""
    return (*(part for part in path[:-1] if not _is_own_head(part, subject)), path[-1])


def _party_after(path: Sequence[str], binding: Binding, subject: str, after: Party) -> Party:
    """Whose the generic labels after this column are: a name's, until the next name."""
    element = binding.element if binding.certain else ""
    if element in ("person.name", "enterprise.name", "enterprise.contact"):
        return Party.SELF
    if element == "household.head_name":
        return Party.HEAD
    if element == "person.guardian_name":
        return Party.GUARDIAN
    if element in ("enterprise.legal_person", "person.family_doctor", "household.grid_worker"):
        return Party.OTHER
    core = read_label(path[-1]).core
    if not element and len(core) <= 10 and NAME_LIKE.search(core) and party_of(core, subject) is Party.OTHER:
        return Party.OTHER
    return after
