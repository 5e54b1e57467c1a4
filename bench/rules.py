"""Fifty policies of about four clauses over everybody: verdict, reason masks, unknowns; beside engines that give less.

python bench/rules.py [PEOPLE…]   openfisca-core and zen-engine run from the environment scripts/bench-peers makes
(.bench-peers, or the one named by BENCH_PEERS); without it their lines are left out.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from compiled_alone import condition_sql, from_sql, value_sql
from yici.core.elements import Registry
from yici.core.expressions import parse_filter
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import BOOL, Expr, Filter, Junction
from yici.engine.projection import Projection
from yici.engine.schema import COUNT_MEMBERS, table_statements
from yici.engine.vector import Frame, load_frame, verdicts
from yici.storage.packs import load_registry

AS_OF = date(2025, 10, 31)
RULES, ZEN_PEOPLE, TOUCHED = 50, 2000, 1000
SEXES, KINDS, GRADES = ["男", "女"], ["户籍人口", "流动人口"], ["一级", "二级", "三级", "四级"]
WORK = ["务农", "外出务工", "本地就业", "在校学生", "退休", "失业", "无劳动能力"]
SCHOOL = ["文盲或半文盲", "小学", "初中", "高中", "中专", "大学专科", "大学本科", "研究生"]
# Peer's name of a value → (how we call it, its texts, whose numbers the peer gets).
NAMES = {
    "age": ("年龄", None), "sex": ("性别", SEXES), "kind": ("人员类别", KINDS), "grade": ("残疾等级", GRADES),
    "work": ("就业状况", WORK), "school": ("文化程度", SCHOOL), "income": ("家庭年收入", None),
    "poor": ("是否低保户", None), "land": ("耕地面积", None),
}  # fmt: skip

Clause = tuple[str, str, Any]


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock, and of the processor over all threads: other work on the machine changes only the first."""

    wall: float
    work: float


def make_rules(count: int) -> list[list[Clause]]:
    """Policies of 3 to 5 clauses, as real ones mix them: an age, who one is, what the household has."""
    rng = random.Random(7)
    limits = [*((">=", a) for a in (60, 65, 70, 75, 80, 85, 90)), *(("<", a) for a in (3, 7, 16, 18, 35))]

    def age() -> Clause:
        return ("age", *rng.choice(limits))

    others: list[Callable[[], Clause]] = [
        lambda: ("sex", "=", rng.choice(SEXES)),
        lambda: ("kind", "=", KINDS[0]),
        lambda: ("grade", "in", GRADES[: rng.randint(1, 3)]),
        lambda: ("work", "in", rng.sample(WORK, 2)),
        lambda: ("school", "in", SCHOOL[: rng.randint(1, 4)]),
        lambda: ("income", "<", rng.choice([5000, 8000, 12_000, 20_000, 36_000])),
        lambda: ("poor", "=", rng.random() < 0.7),
        lambda: ("land", ">=", rng.choice([1, 2.5, 5, 10])),
    ]
    return [[age(), *(make() for make in rng.sample(others, rng.randint(2, 4)))] for _ in range(count)]


def typed(clause: Clause) -> str:
    """A clause in our language."""
    name, op, value = clause
    if op == "in":
        return f"{NAMES[name][0]} in ({', '.join(repr(one) for one in value)})"
    shown = ("'是'" if value else "'否'") if isinstance(value, bool) else repr(value)
    return f"{NAMES[name][0]} {op} {shown}"


def numbered(clause: Clause) -> Clause:
    """A clause with texts as numbers, as openfisca holds them."""
    name, op, value = clause
    texts = NAMES[name][1]
    if texts is None:
        return clause
    return (name, op, [texts.index(one) for one in value] if op == "in" else texts.index(value))


def make_pool(path: Path, registry: Registry, people: int) -> None:
    """A projection's tables with made people, three to a household; a twentieth of every value is not known."""

    def pick(texts: list[str], seed: int, weight: float = 1.0) -> str:
        listed = "[" + ", ".join(f"'{text}'" for text in texts) + "]"
        number = f"(hash(i * 31 + {seed}) % 10000)"
        place = f"1 + CAST(floor(power({number} / 10000.0, {weight}) * {len(texts)}) AS INTEGER)"
        return f"CASE WHEN hash(i * 17 + {seed}) % 20 > 0 THEN {listed}[{place}] END"

    def known(value: str, seed: int) -> str:
        return f"CASE WHEN hash(i * 13 + {seed}) % 20 > 0 THEN {value} END"

    ids = {name: registry.element(words).id for name, (words, _) in NAMES.items()}
    day = "strftime(DATE '1930-01-01' + CAST(hash(i * 7) % 34900 AS INTEGER), '%Y-%m-%d')"
    partly = f"CASE WHEN hash(i * 3) % 100 = 0 THEN substr({day}, 1, 7) ELSE {day} END"
    with duckdb.connect(str(path)) as con:
        for statement in table_statements(registry):
            con.execute(statement)
        con.execute(
            f"""INSERT INTO person(key, household, unit, "person.birth_date", "{ids["sex"]}", "{ids["kind"]}",
            "{ids["grade"]}", "{ids["work"]}", "{ids["school"]}")
            SELECT 'P' || lpad(i::VARCHAR, 17, '0'), 'H' || lpad((i // 3)::VARCHAR, 8, '0'), '村' || (i // 2000),
            {known(partly, 1)}, {pick(SEXES, 2)}, {pick(KINDS, 3, 3)}, {pick(GRADES, 4)}, {pick(WORK, 5)},
            {pick(SCHOOL, 6)} FROM range({people}) t(i)"""
        )
        con.execute(
            f"""INSERT INTO household(key, unit, "{ids["income"]}", "{ids["poor"]}", "{ids["land"]}")
            SELECT 'H' || lpad(i::VARCHAR, 8, '0'), '村' || (i * 3 // 2000), {known("hash(i) % 60000", 7)},
            {known("hash(i * 5) % 10 < 3", 8)}, {known("(hash(i * 9) % 200) / 10.0", 9)}
            FROM range({(people + 2) // 3}) t(i)"""
        )
        con.execute(COUNT_MEMBERS)


def write_peer_data(con: duckdb.DuckDBPyConnection, registry: Registry, path: Path, *, limit: int | None) -> None:
    """The same values as plain arrays: ages worked out, texts as numbers, what is not known as 0; for zen as texts."""
    columns = []
    for name, (words, texts) in NAMES.items():
        sql = compile_value_sql(registry, words)
        if texts is not None and limit is None:
            listed = "[" + ", ".join(f"'{text}'" for text in texts) + "]"
            sql = f"coalesce(list_position({listed}, {sql}) - 1, -1)"
        elif name == "poor":
            sql = f"coalesce({sql}, false)"
        elif texts is None:
            sql = f"coalesce(CAST({sql} AS {'INTEGER' if name == 'age' else 'DOUBLE'}), 0)"
        columns.append(f"{sql} AS {name}")
    known = " AND ".join(f"({compile_value_sql(registry, words)}) IS NOT NULL" for words, _ in NAMES.values())
    where = f" WHERE {known} LIMIT {limit}" if limit else " ORDER BY p.key"
    con.execute(f"COPY (SELECT {', '.join(columns)} FROM {from_sql('person')}{where}) TO '{path}' (FORMAT parquet)")


def compile_value_sql(registry: Registry, words: str) -> str:
    """SQL of an element."""
    from yici.core.expressions import parse_expression

    sql = value_sql(parse_expression(words, registry, subject="person"), moment=Moment(AS_OF))
    assert not sql.params
    return sql.text


def best(run: Callable[[], Any], times: int = 5) -> tuple[Spent, Any]:
    """The least wall and processor time of some runs, and the last answer."""
    walls, works, answer = [], [], None
    for _ in range(times):
        start, work = time.perf_counter(), time.process_time()
        answer = run()
        walls.append(time.perf_counter() - start)
        works.append(time.process_time() - work)
    return Spent(min(walls), min(works)), answer


def judge(frame: Frame, rules: list[list[Expr]]) -> list[tuple[int, int, int]]:
    """Everything the peer does not give as well: verdict, both masks and counts of every rule for everybody."""
    counts = []
    for rule in verdicts(frame, rules):
        assert len(rule.verdict) == len(rule.failed) == len(rule.unknown)
        counts.append(rule.counts)
    return counts


def one_statement(con: duckdb.DuckDBPyConnection, rules: list[list[Expr]]) -> Any:
    """One DuckDB statement that counts who is eligible and who cannot be told, without reasons."""
    parts, params = [], []
    for rule in rules:
        sql = condition_sql(Filter("person", Junction("and", tuple(rule), BOOL), ""), as_of=Moment(AS_OF))
        parts.append(sql.text)
        params += sql.params
    counted = ", ".join(f"count(CASE WHEN r{n} THEN 1 END), count(r{n})" for n in range(len(rules)))
    inner = ", ".join(f"{text} AS r{n}" for n, text in enumerate(parts))
    return con.execute(f"SELECT {counted} FROM (SELECT {inner} FROM {from_sql('person')})", params).fetchall()[0]


@dataclass(frozen=True, slots=True)
class Line:
    """What was measured: `spent` on all rules over so many people."""

    name: str
    spent: Spent
    people: int

    def each(self) -> Spent:
        """The same for a million pairs of a person and a rule."""
        millions = self.people * RULES / 1e6
        return Spent(self.spent.wall / millions, self.spent.work / millions)


def peer() -> Path | None:
    """The peers' Python."""
    found = Path(os.environ.get("BENCH_PEERS", ".bench-peers")) / "bin" / "python"
    return found if found.exists() else None


def run_peer(script: str, *arguments: Path) -> dict[str, Any]:
    """Run a peer's script in its own process."""
    command = [str(peer()), str(Path(__file__).parent / "peers" / script), *map(str, arguments)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def same_as_openfisca(frame: Frame, rules: list[list[Expr]], con: duckdb.DuckDBPyConnection, answers: Path) -> int:
    """How many verdicts were compared, all equal, of subjects of whom everything is known."""
    theirs = pl.read_parquet(answers)
    order = frame.keys.arg_sort().to_numpy()
    compared = 0
    for number, rule in enumerate(verdicts(frame, rules)):
        fully = rule.unknown[order] == 0
        assert np.array_equal(rule.verdict[order][fully] == 1, theirs[f"rule{number}"].to_numpy()[fully]), number
        compared += int(fully.sum())
    return compared


def measure(people: int, folder: Path) -> list[Line]:
    """All engines on one pool of that size."""
    registry = load_registry()
    pool = folder / f"{people}.duckdb"
    make_pool(pool, registry, people)
    made = make_rules(RULES)
    rules = [[parse_filter(typed(clause), registry, subject="person").expr for clause in rule] for rule in made]
    clauses = list(dict.fromkeys(clause for rule in rules for clause in rule))
    con = duckdb.connect(str(pool), read_only=True)
    projection = Projection(con, 1)
    moment = Moment(AS_OF)
    load, frame = best(lambda: load_frame(projection, registry, "person", clauses, moment=moment), 2)
    spent, counts = best(lambda: judge(frame, rules))
    loaded = Spent(spent.wall + load.wall, spent.work + load.work)
    lines = [Line("yici: verdict, 2 masks, unknowns", spent, people)]
    lines.append(Line("yici with loading from DuckDB", loaded, people))
    duck, row = best(lambda: one_statement(con, rules), 1)
    assert [(row[2 * n], people - row[2 * n + 1]) for n in range(RULES)] == [(one[0], one[2]) for one in counts]
    lines.append(Line("one DuckDB statement, counts only", duck, people))
    if peer():
        lines += with_peers(con, registry, folder, made, people, frame, rules)
    keys = frame.keys.gather(np.random.default_rng(3).integers(0, people, TOUCHED)).unique().to_list()
    again, _ = best(lambda: judge(load_frame(projection, registry, "person", clauses, moment=moment, keys=keys), rules))
    lines.append(Line(f"yici: {len(keys)} touched people loaded and judged again", again, len(keys)))
    con.close()
    return lines


def with_peers(
    con: duckdb.DuckDBPyConnection, registry: Registry, folder: Path, made: list[list[Clause]], people: int,
    frame: Frame, rules: list[list[Expr]],
) -> list[Line]:  # fmt: skip
    """openfisca-core on everybody, zen-engine on a sample."""
    data, written, answers = folder / "data.parquet", folder / "rules.json", folder / "answers.parquet"
    write_peer_data(con, registry, data, limit=None)
    written.write_text(json.dumps([[numbered(clause) for clause in rule] for rule in made]))
    told = run_peer("rules_openfisca.py", data, written, answers)
    compared = same_as_openfisca(frame, rules, con, answers)
    print(f"  {compared:,} verdicts of people and rules without unknowns compared with openfisca-core: all equal")
    lines = [Line("openfisca-core, booleans only", Spent(told["wall"], told["work"]), people)]
    write_peer_data(con, registry, data, limit=ZEN_PEOPLE)
    written.write_text(json.dumps(made, ensure_ascii=False))
    zen = run_peer("rules_zen.py", data, written)
    return [*lines, Line(f"zen-engine, {zen['people']} people", Spent(zen["wall"], zen["work"]), zen["people"])]


def main() -> None:
    sizes = [int(one) for one in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    with tempfile.TemporaryDirectory() as folder:
        for people in sizes:
            print(f"{people:,} people × {RULES} policies")
            lines = measure(people, Path(folder))
            base = next((line.each() for line in lines if line.name.startswith("openfisca")), None)
            print(f"  {'':52} {'seconds':>9} {'processor':>9}   times openfisca's rate: by the clock, by the processor")
            for line in lines:
                each, spent = line.each(), line.spent
                ratio = f"{base.wall / each.wall:9.2f} {base.work / each.work:9.2f}" if base else ""
                print(f"  {line.name:52} {spent.wall:9.3f} {spent.work:9.3f} {ratio}")
            print(f"  peak memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
