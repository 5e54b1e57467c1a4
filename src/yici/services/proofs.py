"""Who is signed in shows again to be the account's owner, before anything by which others could sign in is changed.

An unlocked screen or a stolen session is not enough then: it takes the password and, where the account has a second
factor, a code of now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from yici.core.errors import NotFound, Problem, Refused
from yici.services.codes import code_right
from yici.services.devices import UNKNOWN_DEVICE, Device
from yici.services.passwords import FAILURES_ALLOWED, LOCKED_FOR
from yici.storage import accounts, audit, factors
from yici.storage.tries import is_locked, note_failure


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody types to show who he is; `key` opens the second factors (services/factors.py)."""

    password: str
    code: str
    key: str
    at: datetime
    device: Device = UNKNOWN_DEVICE


def check(*, login: str, proof: Proof) -> int:
    """The number of the open account whose password this is and, where it has a second factor, whose code.

    Raises NotFound, Refused. Wrong tries count as wrong sign-ins do, and lock the account as they do.
    """
    return _checked(login, proof, with_code=True)


def check_password(*, login: str, proof: Proof) -> int:
    """The same by the password only, where the code is one that is yet to be confirmed. Raises NotFound, Refused."""
    return _checked(login, proof, with_code=False)


def _checked(login: str, proof: Proof, *, with_code: bool) -> int:
    account = accounts.find_account(login)
    if account is None or not account.is_active:
        raise NotFound(Problem("unknown-account", f"没有登录名为“{login}”的有效账号。", "请检查登录名。"))
    # Checking takes its time on purpose, so it happens before any row is locked.
    right, number, refusal = accounts.password_right(account, proof.password), int(account.pk), None
    known = proof.device.known_to(account)
    with transaction.atomic():
        if is_locked(account, known, proof.at):
            why, refusal = "locked", LOCKED
        elif not right:
            why, refusal = "password", _PASSWORD_WRONG
        elif with_code and factors.has_factor(number) and not proof.code.strip():
            why, refusal = "no code", _CODE_MISSING
        elif with_code and factors.has_factor(number):
            why = "code"
            refusal = None if code_right(proof.key, number, proof.code, proof.at, confirmed=True) else CODE_WRONG
        if refusal is not None:
            if refusal in (_PASSWORD_WRONG, CODE_WRONG) and note_failure(
                number, known, most=FAILURES_ALLOWED, until=proof.at + LOCKED_FOR
            ):
                refusal = LOCKED
            audit.append(actor=account.login, action="proof.refused", thing=account.login, detail={"why": why})
    if refusal is not None:
        raise Refused(refusal)
    return number


_PASSWORD_WRONG = Problem("password-wrong", "密码不对，没有改动。", "请重新输入您现在的登录密码。")
_CODE_MISSING = Problem(
    "code-missing", "没有填验证码。", "这个账号启用了两步验证：请在网页上填手机应用显示的 6 位数字。"
)
CODE_WRONG = Problem("code-wrong", "验证码不对，或已经用过。", "请等应用显示下一个；手机丢了请用备用码。")
LOCKED = Problem("signin-locked", "错了太多次，账号暂时锁定。", "请 15 分钟后再试。")
