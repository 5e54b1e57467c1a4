"""The demo community many times over, for benchmarks: a county, a city, streamed community by community."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook

from yici.demo.population.community import Community, make_community

Step = Callable[[str, int, int], None]
TABLES = ("people", "households", "firms")
# The columns of the register that is written as a ledger, with the headings a police register has.
REGISTER = {
    "村（社区）": "household.village", "户号": "household.number", "姓名": "person.name", "性别": "person.sex",
    "公民身份号码": "person.id_number", "出生日期": "person.birth_date", "民族": "person.ethnicity",
    "与户主关系": "person.relation_to_head", "文化程度": "person.education", "婚姻状况": "person.marital_status",
    "政治面貌": "person.political_status", "就业状况": "person.employment_status", "联系电话": "person.phone",
    "户籍地址": "person.registered_address", "现住址": "person.residence_address", "人员类别": "person.residence_type",
}  # fmt: skip
ROWS_A_SHEET = 1_000_000


@dataclass(frozen=True, slots=True)
class City:
    """What was written: the folder, how many people, households and firms, and the register as a ledger."""

    folder: Path
    people: int
    households: int
    firms: int
    register: Path


class _Parquet:
    """One Parquet file a table, one row group a community; the first community's types hold for all."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.counts = dict.fromkeys(TABLES, 0)

    def write(self, community: Community) -> None:
        for name in TABLES:
            frame: pl.DataFrame = getattr(community, name)
            table = frame.to_arrow()
            if name not in self._writers:
                schema = pa.schema(
                    [(f.name, pa.string() if pa.types.is_null(f.type) else f.type) for f in table.schema]
                )
                writer = pq.ParquetWriter(self._folder / f"{name}.parquet", schema, compression="zstd")
                self._writers[name] = self._stack.enter_context(writer)
            self._writers[name].write_table(table.cast(self._writers[name].schema))
            self.counts[name] += frame.height


class _CsvRegister:
    def __init__(self, path: Path, stack: ExitStack) -> None:
        stream = stack.enter_context(path.open("w", encoding="utf-8-sig", newline=""))
        self._writer = csv.writer(stream)
        self._writer.writerow(REGISTER)

    def write(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._writer.writerows(rows)


class _XlsxRegister:
    """A workbook streamed by openpyxl; a new sheet begins before Excel's last row."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self._book, self._rows = Workbook(write_only=True), 0
        stack.callback(self._book.save, path)

    def write(self, rows: Iterator[tuple[Any, ...]]) -> None:
        for row in rows:
            if self._rows % ROWS_A_SHEET == 0:
                self._sheet: Any = self._book.create_sheet(f"人口{self._rows // ROWS_A_SHEET + 1}")
                self._sheet.append(list(REGISTER))
            self._sheet.append(row)
            self._rows += 1


def communities(seed: int, scale: int) -> Iterator[Community]:
    """`scale` communities of one city, one at a time; no ID number occurs twice."""
    return (make_community(seed, number, scale) for number in range(scale))


def register_rows(community: Community) -> Iterator[tuple[Any, ...]]:
    """The rows of a community's register, in the order of REGISTER."""
    people = community.people.join(
        community.households.select("household.number", "household.village"),
        on="household.number",
        maintain_order="left",
    )
    return people.select(*REGISTER.values()).iter_rows()


def write_city(out: Path, *, seed: int, scale: int, kind: str = "csv", step: Step | None = None) -> City:
    """Write `scale` communities (3,433 people each) to a folder: the truth as Parquet, the register as a ledger.

    `kind` is "csv" or "xlsx". Only one community is in memory at a time.
    """
    out.mkdir(parents=True, exist_ok=True)
    register = out / f"公安-人口登记册.{kind}"
    with ExitStack() as stack:
        parquet = _Parquet(out, stack)
        ledger = (_XlsxRegister if kind == "xlsx" else _CsvRegister)(register, stack)
        for number, community in enumerate(communities(seed, scale), 1):
            parquet.write(community)
            ledger.write(register_rows(community))
            if step is not None:
                step("生成村社", number, scale)
    counts = parquet.counts
    return City(out, counts["people"], counts["households"], counts["firms"], register)
