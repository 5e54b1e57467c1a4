"""Tokens for departments' own systems: made once, shown once, ended at any time, with the rights of their account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from yici.core.access.actors import Actor, Thing
from yici.core.errors import Conflict, NotFound, Problem, Refused
from yici.services.proofs import Proof, check
from yici.storage import accounts, audit, tokens
from yici.storage.database import open_database
from yici.storage.tokens import TokenRow

LONGEST_DAYS = 366
_START, _SHOWN = "yici_", 11


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was made: shown once, stored nowhere."""

    id: int
    login: str
    secret: str
    until: datetime


def make_token(*, home: Path, login: str, proof: Proof, words: str, days: int) -> NewToken:
    """Make a token for an account, by its owner, who shows to be it once more: it acts as the account, so nobody makes
    one for somebody else (三员分立). Whoever runs a system signs in as that system's own account.

    Raises NotFound, Conflict listing everything that is wrong, Refused for a wrong password or code.
    """
    open_database(home)
    problems = []
    if not words.strip() or len(words) > 200:
        problems.append(Problem("token-words", "没有写令牌给哪个系统用。", "如 民政局低保系统。"))
    if not 1 <= days <= LONGEST_DAYS:
        problems.append(Problem("token-days", f"有效期不在 1 到 {LONGEST_DAYS} 天之间。", "请重新填写。"))
    if problems:
        raise Conflict(problems)
    owner = check(login=login, proof=proof)
    if accounts.must_change(owner):
        # Whoever added the account knows this password: it shows nobody to be the owner.
        raise Refused(Problem("password-change-needed", "初始密码还没有修改。", "请先登录网页改成自己的密码。"))
    secret, until = _START + secrets.token_urlsafe(32), proof.at + timedelta(days=days)
    with transaction.atomic():
        number, name = tokens.add_token(
            owner, secret, words=words.strip(), start=secret[:_SHOWN], at=proof.at, until=until
        )
        detail = {"token": number, "for": words.strip(), "until": until.isoformat()}
        audit.append(actor=name, action="token.add", thing=name, detail=detail)
    return NewToken(number, name, secret, until)


def tokens_of(*, home: Path, login: str | None = None) -> list[TokenRow]:
    """All tokens, or those of an account."""
    open_database(home)
    return tokens.list_tokens(login)


def token_thing(*, home: Path, number: int) -> Thing:
    """A token as what rules of access ask about. Raises NotFound."""
    open_database(home)
    row = tokens.token_row(number)
    if row is None:
        raise NotFound(_UNKNOWN)
    return Thing("token", owner=row.login)


def revoke_token(*, actor: str, home: Path, number: int, now: datetime) -> None:
    """End a token; its next request is refused. Raises NotFound when it is not there or has ended."""
    open_database(home)
    with transaction.atomic():
        row = tokens.token_row(number)
        if row is None or not tokens.revoke_token(number, by=actor, at=now):
            raise NotFound(_UNKNOWN)
        audit.append(actor=actor, action="token.revoke", thing=row.login, detail={"token": number})


def end_tokens_of(*, actor: str, account: int, login: str, now: datetime) -> None:
    """End what an account's own systems sign in with: its password or second factor was reset, and may have been in
    other hands. Call it in the transaction of the reset."""
    for number in tokens.revoke_tokens_of(account, by=actor, at=now):
        audit.append(actor=actor, action="token.revoke", thing=login, detail={"token": number, "why": "reset"})


def actor_by_token(*, home: Path, secret: str, now: datetime, today: date) -> Actor | None:
    """Whose token this is; None for one that is unknown, ended, or whose account is closed.

    What is done with it is audited under the account's name, as everything is; the first use of a day is a line of
    its own that names the token.
    """
    open_database(home)
    found = tokens.find_token(secret, at=now) if secret.startswith(_START) else None
    if found is None:
        return None
    row, account = found
    if row.used_on != today:
        with transaction.atomic():
            if tokens.note_use(row.id, on=today):
                audit.append(actor=row.login, action="token.use", thing=row.login, detail={"token": row.id})
    return accounts.actor_of(account, today=today)


_UNKNOWN = Problem("unknown-token", "没有这个令牌，或已经失效。", "请返回列表。")
