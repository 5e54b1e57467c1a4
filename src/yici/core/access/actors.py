"""Who acts: an account with the posts it holds, and the units and elements these posts reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a post is. The three administrators are kept apart (三员分立): no account may hold two of them."""

    CLERK = "clerk"
    OFFICER = "officer"
    STEWARD = "steward"
    LEADER = "leader"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    RESIDENT = "resident"
    ENTERPRISE = "enterprise"


ROLE_NAMES: Mapping[Role, str] = {
    Role.CLERK: "村社干部",
    Role.OFFICER: "部门经办",
    Role.STEWARD: "数据专员",
    Role.LEADER: "领导",
    Role.AUDITOR: "审计员",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
    Role.RESIDENT: "居民",
    Role.ENTERPRISE: "企业",
}

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
PUBLIC = frozenset({Role.RESIDENT, Role.ENTERPRISE})


@dataclass(frozen=True, slots=True)
class Post:
    """One role somebody holds: in a unit and all below it (clerks, leaders) or in an organisation (officers)."""

    role: Role
    unit: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """Elements an organisation may read (授权): for which purpose, of which units (None: all)."""

    elements: frozenset[str]
    purpose: str
    units: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `units` are the names of all units the posts reach, those below included. `subject` is the (type, key)
    a resident or an enterprise is in the pool. `grants` are those of the actor's organisations in force today.
    `overseen` are the organisations below these, whose collections are only looked at."""

    account: int
    name: str
    full_name: str = ""
    posts: tuple[Post, ...] = ()
    units: frozenset[str] = frozenset()
    grants: tuple[Grant, ...] = ()
    subject: tuple[str, str] | None = None
    overseen: frozenset[str] = frozenset()

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of all posts."""
        return frozenset(post.role for post in self.posts)

    @property
    def organisations(self) -> frozenset[str]:
        """The organisations the posts are in."""
        return frozenset(post.organisation for post in self.posts if post.organisation)

    @property
    def granted(self) -> frozenset[str]:
        """Every element some grant lets the actor read."""
        return frozenset[str]().union(*(grant.elements for grant in self.grants))


NOBODY = Actor(account=0, name="")
SYSTEM = "〔系统〕"
"""Who audit lines name for what nobody did at that moment. No account is called so: logins have no brackets."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What is acted upon, as far as rules ask: its unit, organisation, owner, subject and state; what does not apply
    is None. `units` are the units a thing is for (a collection), `guardians` those who act for a child it is about."""

    kind: str = ""
    unit: str | None = None
    organisation: str | None = None
    owner: str | None = None
    subject: tuple[str, str] | None = None
    state: str = ""
    units: frozenset[str] = field(default_factory=frozenset)
    guardians: frozenset[tuple[str, str]] = field(default_factory=frozenset)


ANYTHING = Thing()
