"""Every kind of background work there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils import timezone

from yici.services import importing, policy_pages, policy_work, received_downloads, rosters
from yici.services.auditing import check_audit
from yici.services.collecting import periods, publishing, reports, taking
from yici.services.collecting.listing import visible_thing
from yici.services.collecting.proposals import collection_thing, get_collection
from yici.services.collecting.publishing import Sending
from yici.services.collecting.rolled_gaps import list_gaps
from yici.services.collecting.rollup import roll_up
from yici.services.jobs import batch_work, propose_work, receive_work, score_work
from yici.services.jobs.kinds import Kind, Result, Work
from yici.services.quick_fill import use_thing
from yici.services.rosters import Condition, Wanted


def _import(work: Work) -> Result:
    """Import a kept ledger; its upload stays until the job has ended, so that a job cut off begins again."""
    work.step("正在读取台账")
    code = str(work.arguments["code"])
    outcome = importing.import_upload(
        actor=work.actor, home=work.home, code=code, progress=work.progress, keep=True
    )  # fmt: skip
    batch_work.bring_up_to_date(work)
    # A run that was cut off may have brought the batch in: it is this job's all the same.
    report = importing.report_of(outcome) | {"new": outcome.new or not work.first}
    if report["new"]:
        return Result(f"导入完成，{outcome.rows} 行。", "imports", outcome=report)
    return Result(f"这个文件以前导入过（{outcome.rows} 行），没有重复导入。", "imports", outcome=report)


def _preview(work: Work) -> Result:
    """Read a kept ledger as importing would, and keep what is shown of it."""
    work.step("正在读取台账")
    code = str(work.arguments["code"])
    made = importing.preview_upload(actor=work.actor, home=work.home, code=code, progress=work.progress)
    return Result(f"已读完，可以导入 {made.rows} 行。", "import-preview", code)


def _marked(work: Work) -> Result:
    """Mark the doubtful cells of a kept ledger in a copy."""
    work.step("正在读取台账")
    code = str(work.arguments["code"])
    name, content = importing.marked_workbook(
        actor=work.actor, home=work.home, code=code, progress=work.progress, marking=work.then("正在写标注")
    )  # fmt: skip
    file = work.folder / "标注.xlsx"
    file.write_bytes(content)
    return Result("已标注。", "import-preview", code, file, name)


def _forget(home: Path, arguments: Mapping[str, Any]) -> None:
    importing.forget_upload(home=home, code=str(arguments.get("code", "")))


def _roll_up(work: Work) -> Result:
    """Fill a collection's form for all its units."""
    work.step("正在生成汇总表")
    work.check("filling.download", collection_thing(home=work.home, number=int(work.arguments["number"])))
    about: dict[str, Any] = {
        "actor": work.actor, "home": work.home, "number": int(work.arguments["number"]), "folder": work.folder,
        "progress": work.progress,
    }  # fmt: skip
    # Jobs that waited while the program was renewed say nothing of gaps.
    gaps = bool(work.arguments.get("gaps"))
    made = list_gaps(**about) if gaps else roll_up(**about, each_unit=bool(work.arguments["each"]))
    return Result(_left(made.left), "collection", str(work.arguments["number"]), made.file, made.name)


def _take(work: Work) -> Result:
    """Fill a form of which the pool has all, without asking anybody."""
    work.step("正在按原表样填写")
    number = int(work.arguments["number"])
    work.check("filling.download", visible_thing(home=work.home, number=number))
    made = taking.take(
        actor=work.actor, home=work.home, number=number, folder=work.folder, each_unit=bool(work.arguments["each"]),
        today=work.today, progress=work.progress,
    )  # fmt: skip
    return Result(_left(made.left), "collection", str(number), made.file, made.name)


def _left(cells: int) -> str:
    return f"已生成，还有 {cells} 格没有数据。" if cells else "已生成，没有空格。"


def _received(work: Work) -> Result:
    """Fill received forms: one, one card for each subject, or several in a package."""
    numbers, each = [int(number) for number in work.arguments["numbers"]], str(work.arguments["each"])
    for number in numbers:
        work.check("received.fill", use_thing(home=work.home, number=number))
    about: dict[str, Any] = {
        "actor": work.actor, "home": work.home, "folder": work.folder, "today": work.today, "progress": work.progress,
    }  # fmt: skip
    work.step("正在填写收到的表")
    if len(numbers) == 1:
        made = received_downloads.download(**about, number=numbers[0], each=each)
        return Result(f"已填好 {made.filled} 份。", "received-one", str(numbers[0]), made.file, made.name)
    made = received_downloads.package(**about, numbers=numbers, name=str(work.arguments["name"]))
    wrong = "".join(problem.message for problem in made.failed)
    told = f"已填好 {made.filled} 份。" + (f"没有填成的：{wrong}" if wrong else "")
    return Result(told, "received", "", made.file, made.name)


def _admission(work: Work) -> Result:
    """Make the admission report of a proposal over many."""
    work.step("正在按村试填")
    number = int(work.arguments["number"])
    work.check("collection.view", visible_thing(home=work.home, number=number))
    row = get_collection(home=work.home, number=number)
    made = reports.report_of(home=work.home, row=row, today=work.today, fresh=True, progress=work.progress)
    told = f"评审报告已算好：能填 {made.report.known} 格，还缺 {made.report.unknown} 格。"
    return Result(told, "collection", str(number))


def _publish(work: Work) -> Result:
    """Send a collection to many units."""
    work.step("正在按村试填")
    sending = Sending.from_json(work.arguments)
    work.check("collection.publish", collection_thing(home=work.home, number=sending.number))
    row = get_collection(home=work.home, number=sending.number)
    # A run that was cut off after it had written everything has sent the collection all the same.
    if work.first or row.published_at is None:
        publishing.send(
            actor=work.actor, home=work.home, sending=sending, now=timezone.now(), progress=work.progress
        )  # fmt: skip
    told = f"已派发给 {len(sending.units)} 个单位，截止 {sending.due.isoformat()}。"
    return Result(told, "collection", str(sending.number))


def _period(work: Work) -> Result:
    """Send the next period of a recurring collection, as its officer has chosen."""
    work.step("正在按村试填")
    number = int(work.arguments["number"])
    work.check("collection.publish", collection_thing(home=work.home, number=number))
    sent = periods.send_next(
        actor=work.actor, home=work.home, number=number, period=str(work.arguments["period"]), now=timezone.now(),
        progress=work.progress,
    )  # fmt: skip
    if sent is None or sent.due is None:
        return Result("按期自动派发已经停了，没有派发。", "collection", str(number))
    return Result(f"已自动派发下一期，截止 {sent.due.isoformat()}。", "collection", str(sent.id))


def _roster(work: Work) -> Result:
    """Make a roster of many rows."""
    work.step("正在生成花名册")
    title = str(work.arguments["title"])
    content = rosters.download_roster(
        actor=work.actor, home=work.home, wanted=wanted_from(work.arguments), title=title, today=work.today
    )
    file = work.folder / "花名册.xlsx"
    file.write_bytes(content)
    return Result("已生成。", "rosters", "", file, f"{title or '花名册'}.xlsx")


def _match(work: Work) -> Result:
    """Match a policy over everybody in reach: the list as a workbook."""
    work.step("正在匹配政策")
    name = str(work.arguments["policy"])
    file = work.folder / "名单.xlsx"
    found = policy_pages.match_workbook(
        actor=work.actor, home=work.home, name=name, out=file, today=work.today, progress=work.progress
    )
    if found is None:
        return Result("不在执行期，没有匹配。", "policy", name)
    told = f"符合 {found.eligible} 个，符合但不同享 {found.yields} 个，缺数据 {found.unknown} 个。"
    return Result(told, "policy", name, file, f"{found.match.rule.policy.title}-名单.xlsx")


def _changes(work: Work) -> Result:
    """Look for what changed under all policies since the last time."""
    work.step("正在查找政策变化")
    found = policy_work.look_for_changes(actor=work.actor, home=work.home, today=work.today)
    return Result(f"和上次相比，全部政策共有 {found} 处变化。", "policy-work", str(work.arguments["policy"]))


def _verify(work: Work) -> Result:
    """Check the whole chain of the audit."""
    work.step("正在核验审计链")
    report = check_audit(actor=work.actor.name, home=work.home, progress=work.progress)
    if report.broken:
        return Result(f"审计链从第 {report.broken[0]} 条起对不上，请保留现场。", "audit")
    return Result(f"审计链完整，共 {report.lines} 条。", "audit")


def wanted_as_json(wanted: Wanted, title: str) -> dict[str, Any]:
    """A roster's choices as a job's arguments."""
    return asdict(wanted) | {"title": title}


def wanted_from(arguments: Mapping[str, Any]) -> Wanted:
    """A roster's choices out of a job's arguments."""
    # Work that was wanted before there were conditions on members has none.
    conditions, members = (
        tuple(Condition(**one) for one in arguments.get(name, ())) for name in ("conditions", "members")
    )
    return Wanted(
        str(arguments["subject"]), conditions, tuple(arguments["columns"]), bool(arguments["any_holds"]),
        str(arguments["unit"]), members, int(arguments.get("least", 1)),
    )  # fmt: skip


KINDS: Mapping[str, Kind] = {
    "import": Kind("导入台账", "pool.import", _import, _forget),
    "withdraw": Kind("撤回批次", "pool.withdraw", batch_work.withdraw),
    "refresh": Kind("更新全库", "pool.judge", batch_work.refresh),
    "covers": Kind("写明名册范围", "pool.withdraw", batch_work.cover),
    # Their uploads stay: they are yet to be imported.
    "preview": Kind("预览台账", "pool.import", _preview),
    "marked": Kind("标注台账", "pool.import", _marked),
    "roll-up": Kind("生成汇总", "filling.download", _roll_up),
    "take": Kind("直接取用", "filling.download", _take),
    "propose": Kind("报备采集任务", "collection.propose", propose_work.propose),
    "receive": Kind("收下来表", "received.fill", receive_work.receive),
    "received": Kind("填写收到的表", "received.fill", _received),
    "admission": Kind("准入评审报告", "collection.view", _admission),
    "publish": Kind("派发采集任务", "collection.publish", _publish),
    "period": Kind("派发下一期", "collection.publish", _period),
    "roster": Kind("生成花名册", "roster.make", _roster),
    "match": Kind("匹配政策", "policy.match", _match),
    "score": Kind("计分", "score.run", score_work.score),
    "rescore": Kind("重新计分", "score.run", score_work.score_again),
    "verify": Kind("核验审计链", "audit.view", _verify),
    "changes": Kind("查找政策变化", "policy.record", _changes),
}
