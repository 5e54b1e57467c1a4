"""Whose fact a label asks for: the subject's own, the head's, a guardian's, or somebody else's."""

from __future__ import annotations

import re
from enum import StrEnum

from yici.core.binding.words import GUARDIAN, HEAD, NAME_LIKE, NEUTRAL, OTHER_PARTY, SELF

_TAIL = re.compile(r"(?:基本)?(?:信息|情况|资料|概况)$")


class Party(StrEnum):
    """The party a label path speaks of."""

    SELF = "self"
    HEAD = "head"
    GUARDIAN = "guardian"
    MEMBERS = "members"
    OTHER = "other"
    UNKNOWN = "unknown"


def party_of(text: str, subject: str) -> Party:
    """The party a label around a slot (监护人情况, 户主信息, 家庭成员) speaks of, for a form about a subject.

    UNKNOWN means that the words do not tell; SELF that they only repeat the subject or head a group.
    """
    bare = _TAIL.sub("", text)
    if text in HEAD or bare in HEAD:
        return Party.HEAD
    if text in GUARDIAN or bare in GUARDIAN:
        return Party.GUARDIAN
    if re.search(r"家庭.{0,4}成员|家庭人员|家属成员|共同生活|家庭主要成|成员情况|成员名单|成员信息", text):
        return Party.MEMBERS
    if not bare or NEUTRAL.match(text) or bare in SELF.get(subject, ()):
        return Party.SELF
    if OTHER_PARTY.search(text):
        return Party.OTHER
    if NAME_LIKE.search(bare) and not any(bare.startswith(word) for word in SELF.get(subject, ())):
        return Party.OTHER
    return Party.UNKNOWN
