"""`yici users token`: tokens for departments' own systems."""

from __future__ import annotations

import click
from django.utils import timezone
from rich.table import Table

from yici.cli.tables import print_table
from yici.services import tokens
from yici.services.home import data_home, user_name
from yici.services.proofs import Proof


@click.group()
def token() -> None:
    """接口令牌：部门自己的系统凭它使用接口，权限与账号相同。"""


@token.command()
@click.argument("login")
@click.option("--for", "words", required=True, help="给哪个系统用。")
@click.option("--days", default=90, show_default=True, help="有效天数。")
def add(login: str, words: str, days: int) -> None:
    """给自己的账号一个令牌，要输入这个账号的密码；只显示这一次。启用了两步验证的账号在网页上新增。"""
    password = click.prompt(f"{login} 的密码", hide_input=True)
    proof = Proof(password, "", "", timezone.now())
    made = tokens.make_token(home=data_home(), login=login, proof=proof, words=words, days=days)
    until = timezone.localtime(made.until).date()
    click.echo(f"令牌 {made.id}（有效到 {until}）：{made.secret}")


@token.command("list")
def list_() -> None:
    """列出令牌。"""
    table = Table("编号", "账号", "用途", "开头", "有效到", "状态", "最近使用", header_style="bold")
    now = timezone.now()
    for row in tokens.tokens_of(home=data_home()):
        state = "有效" if row.in_force(now) else "已失效"
        until = timezone.localtime(row.expires_at).date()
        table.add_row(str(row.id), row.login, row.words, row.start, f"{until}", state, f"{row.used_on or ''}")
    print_table(table)


@token.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """停用一个令牌，下一次请求就不再认。"""
    tokens.revoke_token(actor=user_name(), home=data_home(), number=number, now=timezone.now())
    click.echo(f"已停用令牌 {number}")
