"""The burden meter to take away: a workbook or CSV with every number, the demands behind it and the formula, so that
anybody can count it again; and its picture."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.charts.model import Chart, ChartKind, Series
from yici.core.collections.burden import COST, KEYS, SPANS, Burden, Demand
from yici.office.charts import chart_bytes
from yici.office.tables import Table, Value, table_csv, tables_workbook
from yici.services.burden import Meter
from yici.storage import audit

_NUMBERS = ("表（张）", "其中平台外", "填报项（格）", "其中库里已有", "没有记下的表", "人工要填（分钟）",
            "只填缺的（分钟）", "省下（分钟）")  # fmt: skip
_COSTS = {
    "open_form": "开表和报送一张表（秒）", "copy_known": "抄一格已有的（秒）", "find_unknown": "问一格没有的（秒）",
    "open_gaps": "打开一张只问缺项的表（秒）",
}  # fmt: skip
_MOST_DRAWN = 40


def export_burden(*, actor: Actor, meter: Meter, csv: bool) -> bytes:
    """The meter as a file, with its audit line. CSV has the demands; the workbook the sums and the formula, too."""
    detail = {"period": meter.period.name, "by": meter.by, "demands": len(meter.demands)}
    audit.append_alone(actor=actor.name, action="burden.export", thing="burden", detail=detail)
    return burden_file(meter, csv=csv)


def burden_file(meter: Meter, *, csv: bool) -> bytes:
    """The meter as a file."""
    lines = Table(
        "明细", f"填表负担明细 {meter.period}",
        ("来源", "编号", "表", "日期", "部门", "单位", "填报人", "库里已有（格）", "库里没有（格）", "人工要填（分钟）",
         "只填缺的（分钟）", "份数"),
        [_line(one) for one in meter.demands],
    )  # fmt: skip
    if csv:
        return table_csv(lines)
    words = KEYS[meter.by][0]
    sums = [("合计", *_numbers(meter.total)), *((name, *_numbers(burden)) for name, burden in meter.rows)]
    table = Table("汇总", f"填表负担 {meter.period} 按{words}", (words, *_NUMBERS), sums)
    return tables_workbook([table, lines, Table("算法", "算法和参照数", ("项目", "数"), _formula(meter))])


def burden_picture(meter: Meter, suffix: str = ".svg", *, dark: bool = False) -> bytes:
    """Minutes by key as a static SVG (.json: an ECharts option): what is left to people, what the pool took over.

    Raises YiciError where there is nothing to draw.
    """
    rows = meter.rows[:_MOST_DRAWN]
    left = tuple(round(burden.minutes_left) for _, burden in rows)
    saved = tuple(round(burden.minutes_saved) for _, burden in rows)
    kind: ChartKind = "line" if meter.by in SPANS and len(rows) > 2 else "bar"
    labels = tuple(name for name, _ in rows)
    note = f"{meter.period}；估算，算法见页面"
    series = (Series("还要填", left), Series("省下", saved))
    chart = Chart(kind, f"填表分钟数 按{KEYS[meter.by][0]}", labels, series, "分钟", note)
    return chart_bytes(chart, suffix, dark=dark)


def _numbers(burden: Burden) -> tuple[Value, ...]:
    return (
        burden.forms, burden.outside, burden.cells, burden.known, burden.unnoted, round(burden.minutes_asked, 1),
        round(burden.minutes_left, 1), round(burden.minutes_saved, 1),
    )  # fmt: skip


def _line(one: Demand) -> tuple[Value, ...]:
    noted = one.known is not None
    return (
        "平台外" if one.outside else "采集任务", one.number, one.form, one.day.isoformat(), one.organisation, one.unit,
        one.person, one.known, one.unknown, round(one.minutes_asked, 2) if noted else None,
        round(one.minutes_left, 2) if noted else None, one.forms,
    )  # fmt: skip


def _formula(meter: Meter) -> list[tuple[Value, ...]]:
    rows: list[tuple[Value, ...]] = [("算法", meter.formula)]
    rows += [(_COSTS[name], seconds) for name, seconds in asdict(COST).items()]
    told = meter.comparison
    if told is not None:
        rows += [
            ("参照数：每人每个工作日的表（张）", told.before.forms),
            ("参照数：每人每个工作日的小时", told.before.hours),
            ("参照数的来源", told.before.source), ("村社干部（人）", told.clerks), ("工作日（天）", told.days),
        ]  # fmt: skip
    return rows


def save_burden(meter: Meter, path: Path) -> None:
    """Write the meter to a .xlsx or .csv file."""
    path.write_bytes(burden_file(meter, csv=path.suffix.lower() == ".csv"))
