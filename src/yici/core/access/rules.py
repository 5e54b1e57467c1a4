"""The rules: action → which roles may do it, and to which things. What has no rule nobody may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from yici.core.access.actors import ADMINISTRATORS, ANYTHING, PUBLIC, ROLE_NAMES, Actor, Role, Thing

Scope = Callable[[Actor, Thing], bool]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an action is allowed, and because of what, in words for the person who asks."""

    allowed: bool
    because: str

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do an action: by role the scope in which that role may. `words` name the action."""

    words: str
    scopes: Mapping[Role, Scope]


def anywhere(_actor: Actor, _thing: Thing) -> bool:
    """Any thing."""
    return True


def own_units(actor: Actor, thing: Thing) -> bool:
    """Things of a unit the actor's posts reach; a list page (no unit named) shows only those anyway."""
    if thing.units:
        return bool(thing.units & actor.units)
    return thing.unit is None or thing.unit in actor.units


def own_township(actor: Actor, thing: Thing) -> bool:
    """Things of a unit below the actor's own post: a township's clerk checks its villages, never itself."""
    own = {post.unit for post in actor.posts}
    return own_units(actor, thing) and thing.unit is not None and thing.unit not in own


def own_organisation(actor: Actor, thing: Thing) -> bool:
    """Things of the actor's own organisation."""
    return thing.organisation is None or thing.organisation in actor.organisations


def overseen_organisation(actor: Actor, thing: Thing) -> bool:
    """Things of the actor's own organisation, and of those below it: to look at, never to decide about."""
    return own_organisation(actor, thing) or thing.organisation in actor.overseen


def own_units_or_overseen(actor: Actor, thing: Thing) -> bool:
    """Things of the actor's units; and for whoever leads an organisation, those it and the ones below it have."""
    return own_units(actor, thing) or (thing.organisation is not None and overseen_organisation(actor, thing))


def own_account(actor: Actor, thing: Thing) -> bool:
    """What belongs to the actor's account."""
    return thing.owner is None or thing.owner == actor.name


def own_received(actor: Actor, thing: Thing) -> bool:
    """What the actor received, for a unit the actor's posts reach."""
    return own_units(actor, thing) and thing.owner in (None, actor.name)


def own_subject(actor: Actor, thing: Thing) -> bool:
    """What is about the actor, or about a child the actor is guardian of."""
    return thing.subject is None or thing.subject == actor.subject or actor.subject in thing.guardians


def own(actor: Actor, thing: Thing) -> bool:
    """What the actor has made; a list page (no owner named) shows only that anyway."""
    return thing.owner is None or thing.owner == actor.name


_INSIDE = frozenset(Role) - PUBLIC
_WORKING = (Role.CLERK, Role.OFFICER, Role.STEWARD, Role.LEADER)


def _each(scope: Scope, *roles: Role) -> dict[Role, Scope]:
    return dict.fromkeys(roles, scope)


RULES: Mapping[str, Rule] = {
    "home.view": Rule("打开首页", _each(anywhere, *Role)),
    "account.own": Rule("管理自己的账号", _each(anywhere, *Role)),
    "account.list": Rule("查看账号", _each(anywhere, *ADMINISTRATORS)),
    "account.add": Rule("新增账号", _each(anywhere, Role.SYSTEM_ADMIN)),
    # Who makes an account or a password does not let it in (三员分立).
    "account.release": Rule("启用账号", _each(anywhere, Role.SECURITY_ADMIN)),
    "grant.list": Rule("查看授权", _each(anywhere, *ADMINISTRATORS, Role.STEWARD, Role.AUDITOR)),
    "grant.give": Rule("授权部门读取数据", _each(anywhere, Role.SECURITY_ADMIN)),
    "factor.require": Rule("规定两步验证", _each(anywhere, Role.SECURITY_ADMIN)),
    "factor.reset": Rule("重置两步验证", _each(anywhere, Role.SECURITY_ADMIN)),
    "token.list": Rule("查看接口令牌", {
        Role.SYSTEM_ADMIN: anywhere, Role.SECURITY_ADMIN: anywhere,
        **_each(own_account, Role.OFFICER, Role.STEWARD, Role.AUDITOR)}),
    # A token acts as its account: an administrator who made one for somebody else would read what he reads (三员分立).
    "token.make": Rule("新增接口令牌", _each(own_account, Role.OFFICER, Role.STEWARD, Role.AUDITOR)),
    "token.end": Rule("停用接口令牌", {
        Role.SYSTEM_ADMIN: anywhere, Role.SECURITY_ADMIN: anywhere,
        **_each(own_account, Role.OFFICER, Role.STEWARD, Role.AUDITOR)}),
    "audit.view": Rule("查看审计记录", _each(anywhere, Role.AUDIT_ADMIN, Role.AUDITOR)),
    "pool.search": Rule("查找人、户和企业", {
        Role.CLERK: own_units, Role.STEWARD: anywhere, Role.OFFICER: anywhere, Role.LEADER: own_units}),
    "pool.view": Rule("查看主记录", {
        Role.CLERK: own_units, Role.STEWARD: anywhere, Role.OFFICER: anywhere, Role.LEADER: own_units}),
    "pool.edit": Rule("修改主记录", {Role.CLERK: own_units, Role.STEWARD: anywhere}),
    "pool.reveal": Rule("查看完整的敏感信息", {
        Role.CLERK: own_units, Role.STEWARD: anywhere, Role.OFFICER: anywhere}),
    "pool.judge": Rule("判定是否同一主体", {Role.CLERK: own_units, Role.STEWARD: anywhere}),
    "pool.import": Rule("导入台账", {Role.CLERK: own_units, Role.STEWARD: anywhere, Role.OFFICER: own_organisation}),
    "pool.withdraw": Rule("撤回批次", _each(anywhere, Role.STEWARD)),
    "pool.dispute": Rule("提出疑义校核", {Role.CLERK: own_units, Role.OFFICER: anywhere, Role.STEWARD: anywhere}),
    "dispute.answer": Rule("校核疑义", {Role.CLERK: own_units, Role.STEWARD: anywhere}),
    "roster.make": Rule("生成花名册", {
        Role.CLERK: own_units, Role.STEWARD: anywhere, Role.OFFICER: anywhere, Role.LEADER: own_units}),
    "mine.view": Rule("查看自己的信息", _each(own_subject, *sorted(PUBLIC))),
    "mine.reveal": Rule("查看自己完整的信息", _each(own_subject, *sorted(PUBLIC))),
    "mine.dispute": Rule("对自己的信息提出疑义", _each(own_subject, *sorted(PUBLIC))),
    "mine.answer": Rule("补充自己的信息", _each(own_subject, *sorted(PUBLIC))),
    "account.counter": Rule("在窗口开通居民和企业账号", _each(own_units, Role.CLERK)),
    "job.view": Rule("查看自己的后台任务", _each(own, *sorted(_INSIDE))),
    "elements.view": Rule("查看数据元", _each(anywhere, *sorted(_INSIDE))),
    "elements.add": Rule("新增数据元", _each(anywhere, Role.STEWARD)),
    "figures.ask": Rule("统计", {
        Role.CLERK: own_units, Role.STEWARD: anywhere, Role.OFFICER: anywhere, Role.LEADER: own_units}),
    "received.fill": Rule("来表即填", _each(own_received, Role.CLERK)),
    "outside.view": Rule("查看平台外要数", _each(anywhere, Role.STEWARD)),
    "outside.decide": Rule("处理平台外要数", _each(anywhere, Role.STEWARD)),
    "words.decide": Rule("定词的意思", _each(anywhere, Role.STEWARD)),
    "collection.propose": Rule("报备采集任务", {Role.OFFICER: own_organisation, Role.STEWARD: anywhere}),
    "collection.review": Rule("准入评审", _each(anywhere, Role.STEWARD)),
    "collection.view": Rule("查看采集任务", {
        Role.OFFICER: overseen_organisation, Role.STEWARD: anywhere, Role.CLERK: own_units,
        Role.LEADER: own_units_or_overseen}),
    "collection.publish": Rule("派发采集任务", {Role.OFFICER: own_organisation, Role.STEWARD: anywhere}),
    "filling.answer": Rule("填报", _each(own_units, Role.CLERK)),
    "filling.review": Rule("审核填报", {
        Role.CLERK: own_units, Role.OFFICER: own_organisation, Role.STEWARD: anywhere, Role.LEADER: own_units}),
    "filling.check": Rule("审核填报", {Role.LEADER: own_units, Role.CLERK: own_township, Role.STEWARD: anywhere}),
    "filling.return": Rule("退回填报", {
        Role.LEADER: own_units, Role.CLERK: own_township, Role.OFFICER: own_organisation, Role.STEWARD: anywhere}),
    "filling.accept": Rule("通过填报", {Role.OFFICER: own_organisation, Role.STEWARD: anywhere}),
    "filling.download": Rule("下载汇总", {
        Role.OFFICER: own_organisation, Role.STEWARD: anywhere, Role.CLERK: own_units}),
    "burden.view": Rule("查看填表负担", {
        Role.CLERK: own_units, Role.LEADER: own_units, Role.OFFICER: own_organisation, Role.STEWARD: anywhere,
        Role.AUDITOR: anywhere}),
    "again.say": Rule("反映又要了一遍", _each(own_units, Role.CLERK)),
    "again.view": Rule("查看又要了一遍的答复", _each(anywhere, *_WORKING, Role.AUDITOR)),
    "again.answer": Rule("答复又要了一遍", _each(anywhere, Role.STEWARD)),
    "app.view": Rule("查看应用登记", _each(anywhere, *_WORKING, Role.AUDITOR)),
    "app.propose": Rule("申报应用", {Role.OFFICER: own_organisation, Role.STEWARD: anywhere}),
    "app.review": Rule("评审应用", _each(anywhere, Role.STEWARD)),
    "app.count": Rule("填报应用用量", {Role.OFFICER: own_organisation, Role.STEWARD: anywhere}),
    "app.retire": Rule("下架应用", {Role.OFFICER: own_organisation, Role.STEWARD: anywhere}),
    "policy.record": Rule("查找政策匹配的变化", _each(anywhere, Role.STEWARD)),
    "scheme.view": Rule("查看考核方案", _each(anywhere, *_WORKING, Role.AUDITOR)),
    "score.run": Rule("按方案计分", _each(anywhere, Role.STEWARD)),
    "score.object": Rule("对考核结果提异议", _each(anywhere, Role.CLERK, Role.LEADER, Role.STEWARD)),
    "score.adjust": Rule("定容错和加减分", _each(anywhere, Role.STEWARD)),
    "score.answer": Rule("答复考核异议", _each(anywhere, Role.LEADER, Role.STEWARD)),
    "policy.view": Rule("查看政策", _each(anywhere, *Role)),
    "policy.match": Rule("匹配政策", {
        Role.CLERK: own_units, Role.OFFICER: anywhere, Role.STEWARD: anywhere, Role.LEADER: own_units}),
}  # fmt: skip


def can(actor: Actor, action: str, thing: Thing = ANYTHING) -> Verdict:
    """Whether the actor may do the action to the thing. Raises KeyError for an action without a rule."""
    rule = RULES[action]
    if not actor.posts:
        return Verdict(False, "没有登录，或账号没有岗位")
    holding = [role for role in rule.scopes if role in actor.roles]
    for role in holding:
        if rule.scopes[role](actor, thing):
            return Verdict(True, f"{ROLE_NAMES[role]}可以{rule.words}")
    if holding:
        return Verdict(False, f"这不属于您的范围，{ROLE_NAMES[holding[0]]}只能{rule.words}自己范围内的")
    return Verdict(False, f"您的岗位不能{rule.words}")
