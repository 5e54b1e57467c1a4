"""At the counter: a clerk who has seen somebody's document opens an account for that person or firm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from yici.core.access.actors import PUBLIC, Actor, Post, Role
from yici.core.errors import Conflict, Problem
from yici.core.identity import APART
from yici.engine.schema import table_of
from yici.services.accounts import NewAccount, add_account, reset_password
from yici.services.residents.acting import age_on
from yici.services.subject_pages import Opened, open_subject
from yici.storage import accounts, audit

DOCUMENTS: dict[str, tuple[str, ...]] = {
    "person": ("居民身份证", "临时居民身份证", "户口簿"),
    "enterprise": ("营业执照和法定代表人身份证",),
}
FROM_AGE = 14
"""Children under this age have no account: their guardian sees their record (个人信息保护法 art. 31)."""


@dataclass(frozen=True, slots=True)
class CounterAccount:
    """What a clerk sees before opening an account: the login there is, the documents that may be shown."""

    subject: str
    login: str
    documents: tuple[str, ...]


def counter_account(*, actor: Actor, home: Path, code: str) -> CounterAccount | None:
    """Whether the subject of the code has an account; None for subjects that get none. Raises NotFound."""
    opened = open_subject(actor=actor, home=home, code=code)
    documents = DOCUMENTS.get(opened.subject)
    if documents is None or opened.key.startswith(APART):
        return None
    return CounterAccount(opened.subject, accounts.login_of((opened.subject, opened.key)), documents)


def open_account(*, actor: Actor, home: Path, code: str, login: str, document: str, today: date) -> NewAccount:
    """Open the account of a person or firm, or give the one there is a new first password.

    `document` is the one that was shown. Raises NotFound, Conflict naming all that is wrong.
    """
    opened = open_subject(actor=actor, home=home, code=code)
    if problems := _problems(opened, document, today):
        raise Conflict(problems)
    with transaction.atomic():
        made = _made(actor, home, opened, login, today)
        audit.append(actor=actor.name, action="account.counter", thing=made.login, detail={"document": document})
    return made


def _made(actor: Actor, home: Path, opened: Opened, login: str, today: date) -> NewAccount:
    if there := accounts.login_of((opened.subject, opened.key)):
        if accounts.roles_ever(there) - PUBLIC:
            # A password given out at the counter must open nobody's office, only somebody's own record.
            hint = "请本人找系统管理员重置密码。"
            raise Conflict(Problem("counter-office", "这个账号还有工作岗位，不能在窗口重置。", hint))
        return NewAccount(0, there, reset_password(actor=actor.name, home=home, login=there))
    role = Role.ENTERPRISE if opened.subject == "enterprise" else Role.RESIDENT
    return add_account(
        actor=actor.name, home=home, login=login, full_name=_name(opened), posts=[Post(role)],
        subject=(opened.subject, opened.key), today=today,
    )  # fmt: skip


def _problems(opened: Opened, document: str, today: date) -> list[Problem]:
    documents = DOCUMENTS.get(opened.subject)
    if documents is None or opened.key.startswith(APART):
        return [Problem("counter-subject", "只给证件号码明确的人和企业开账号。", "请先判定是否同一个人。")]
    found = []
    if document not in documents:
        found.append(Problem("counter-document", "没有选择当面核对的证件。", f"可以是：{'、'.join(documents)}。"))
    age = age_on(_value(opened, "person.birth_date"), today) if opened.subject == "person" else None
    if age is not None and age < FROM_AGE:
        hint = "监护人登录自己的账号就能看到孩子的信息。"
        found.append(Problem("counter-child", f"不满 {FROM_AGE} 周岁不单独开账号。", hint))
    return found


def _name(opened: Opened) -> str:
    return _value(opened, opened.pool.registry.name_of(opened.subject))


def _value(opened: Opened, element: str) -> str:
    """A golden value as text, empty where there is none."""
    with opened.pool.projection() as projection:
        rows = projection.con.execute(
            f'SELECT "{element}" FROM {table_of(opened.subject)} WHERE key = ?',  # noqa: S608 (registry's names)
            [opened.key],
        ).fetchall()
    return str(rows[0][0]) if rows and rows[0][0] is not None else ""
