"""`yici demo`: the main job from end to end on the demo community."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from yici.core.collections.burden import MINUTES_SOURCE
from yici.demo.run import DemoOutcome, run_demo
from yici.demo.scale import write_city


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-out"), show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="换一个数就换一个村社。")
@click.option(
    "--scale", type=int, default=1, show_default=True, help="放大多少倍（291 倍约 100 万人）：只生成数据，供压力测试。"
)
def demo(out: Path, seed: int, scale: int) -> None:
    """演示：生成张青社区的台账和空白表，导入、填表，列出结果。"""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("准备", total=None)

        def step(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        if scale > 1:
            city = write_city(out, seed=seed, scale=scale, step=step)
        else:
            outcome = run_demo(out, seed=seed, step=step)
    if scale > 1:
        click.echo(f"已生成 {city.people} 人、{city.households} 户、{city.firms} 个经营主体，登记册在 {city.register}")
        return
    _print(outcome)


def _print(outcome: DemoOutcome) -> None:
    console = Console()
    table = Table("表", "已填格", "待问格", "格式不符", "秒", title="张青社区：从台账到各部门的表", header_style="bold")
    for form in outcome.forms:
        table.add_row(
            form.form.name, str(form.cells_filled), str(form.cells_gap), str(form.cells_refused), f"{form.seconds:.2f}"
        )
    asked = sum(form.cells_gap for form in outcome.forms)
    refused = sum(form.cells_refused for form in outcome.forms)
    table.add_section()
    table.add_row(
        f"共 {len(outcome.forms)} 张", str(outcome.filled), str(asked), str(refused), f"{outcome.seconds:.1f}"
    )
    console.print(table)
    console.print(
        f"导入 {outcome.ledgers} 本台账 {outcome.rows} 行，其中 {outcome.refused_in} 格"
        "格式不符或存疑，已标出，没有采用。\n"
        f"省去手工填表约 {outcome.minutes_saved:.0f} 分钟。{MINUTES_SOURCE}。\n"
        f"台账、空白表、已填的表和缺项清单在 {outcome.out}/。"
    )
