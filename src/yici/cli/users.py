"""`yici users`: accounts, posts and grants."""

from __future__ import annotations

import json
from datetime import date

import click
from rich.table import Table

from yici.cli.tables import print_table
from yici.cli.tokens import token
from yici.core.access.actors import PUBLIC, ROLE_NAMES, Post, Role
from yici.services import accounts, factors, grants, identities, organisations
from yici.services.home import data_home, user_name

_ROLES = click.Choice([str(role) for role in Role])


@click.group()
def users() -> None:
    """账号、岗位和授权。"""


users.add_command(token)


@users.command()
@click.argument("login")
@click.option("--name", "full_name", default="", help="姓名。")
@click.option("--role", "roles", type=_ROLES, multiple=True, required=True, help="岗位，可以多次。")
@click.option("--unit", help="村社干部、领导所在的单位（含其下各级）。")
@click.option("--org", "organisation", help="部门经办所在的部门。")
@click.option("--subject", "key", help="居民的身份证号，或企业的统一社会信用代码。")
def add(
    login: str, full_name: str, roles: tuple[str, ...], unit: str | None, organisation: str | None, key: str | None
) -> None:
    """新增账号；初始密码只显示这一次，第一次登录时必须修改。"""
    posts = [Post(Role(role), unit, organisation) for role in roles]
    kind = "enterprise" if Role.ENTERPRISE in map(Role, roles) else "person"
    subject = (kind, key) if key and {Role(role) for role in roles} & PUBLIC else None
    made = accounts.add_account(
        actor=user_name(), home=data_home(), login=login, full_name=full_name, posts=posts, subject=subject,
        today=_today(),
    )  # fmt: skip
    click.echo(f"已新增 {made.login}，初始密码：{made.secret}")


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def list_(as_json: bool) -> None:
    """列出账号。"""
    rows = accounts.accounts_of(home=data_home())
    if as_json:
        told = [{"login": row.login, "name": row.full_name, "active": row.is_active} for row in rows]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    table = Table("登录名", "姓名", "岗位", "状态", "上次登录", header_style="bold")
    for row in rows:
        posts = "；".join(_told(post) for post in row.posts)
        state = "已停用" if not row.is_active else "待启用" if row.waits else "待重置密码" if row.barred else "有效"
        table.add_row(
            row.login, row.full_name, posts, state, f"{row.last_login:%Y-%m-%d %H:%M}" if row.last_login else ""
        )
    print_table(table)


@users.command()
@click.argument("login")
def reset(login: str) -> None:
    """重置密码：给出新的初始密码，已登录的全部退出。"""
    click.echo(f"新的初始密码：{accounts.reset_password(actor=user_name(), home=data_home(), login=login)}")


@users.command()
@click.argument("login")
@click.argument("subject")
@click.option("--issuer", required=True, help="统一身份认证的地址（YICI_OIDC_ISSUER）。")
def tie(login: str, subject: str, issuer: str) -> None:
    """把统一身份（编号 SUBJECT）绑定到账号。"""
    identities.tie_by_administrator(
        actor=user_name(), home=data_home(), login=login, issuer=issuer.rstrip("/"), subject=subject
    )
    click.echo(f"已绑定 {login}")


@users.command("factor-reset")
@click.argument("login")
def factor_reset(login: str) -> None:
    """重置两步验证：手机丢了，或程序的密钥换了；已登录的全部退出。"""
    factors.reset(actor=user_name(), home=data_home(), login=login)
    click.echo(f"已重置 {login} 的两步验证")


@users.command()
@click.argument("login")
def close(login: str) -> None:
    """停用账号，已登录的立即退出。"""
    accounts.close_account(actor=user_name(), home=data_home(), login=login, today=_today())
    click.echo(f"已停用 {login}")


@users.command()
@click.argument("organisation")
@click.argument("elements", nargs=-1, required=True)
@click.option("--for", "purpose", required=True, help="用途。")
@click.option("--unit", "units", multiple=True, help="只限这些单位，可以多次。")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="授权到哪一天为止。")
def grant(organisation: str, elements: tuple[str, ...], purpose: str, units: tuple[str, ...], until) -> None:  # type: ignore[no-untyped-def]
    """授权一个部门读取数据元。"""
    ids = accounts.grant_elements(
        actor=user_name(), home=data_home(), organisation=organisation, elements=elements, purpose=purpose,
        units=units or None, today=_today(), until=until.date() if until else None,
    )  # fmt: skip
    click.echo(f"已授权 {organisation} 读取 {len(ids)} 个数据元")


@users.command("orgs")
def organisations_() -> None:
    """列出部门的上下级。"""
    for one in organisations.organisation_tree(home=data_home()):
        click.echo(one.indented)


@users.command("org")
@click.argument("name")
@click.option("--under", "parent", default="", help="上级部门；不写就是没有上级。")
def organisation_(name: str, parent: str) -> None:
    """把部门（科室）NAME 放到上级部门之下；没有的会新增。上级看得到下级的采集任务和进度。"""
    made = organisations.move_organisation(actor=user_name(), home=data_home(), name=name, parent=parent)
    click.echo(f"已{'新增' if made else '移动'}{name}{f'，上级是{parent}' if parent else '，没有上级'}。")


@users.command("grants")
def grants_() -> None:
    """列出授权。"""
    table = Table("编号", "部门", "数据元", "单位", "用途", "截止", "状态", header_style="bold")
    words = {"running": "在期", "ready": "未开始", "ended": "已结束"}
    for one in grants.grants_shown(home=data_home(), today=_today()):
        units = "、".join(one.row.units) if one.row.units is not None else "全部"
        until = str(one.row.until or "不限")
        names = "、".join(one.elements)
        table.add_row(str(one.row.id), one.row.organisation, names, units, one.row.purpose, until, words[one.state])
    print_table(table)


@users.command("grant-end")
@click.argument("number", type=int)
def grant_end(number: int) -> None:
    """结束一项授权，立即生效。"""
    whose = grants.end_grant(actor=user_name(), home=data_home(), number=number, today=_today())
    click.echo(f"已结束给 {whose} 的授权")


def _told(post: Post) -> str:
    where = post.unit or post.organisation
    return ROLE_NAMES[post.role] + (f"（{where}）" if where else "")


def _today() -> date:
    return date.today()  # noqa: DTZ011 (posts begin on the office's own calendar day)
