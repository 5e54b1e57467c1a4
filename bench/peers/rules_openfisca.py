"""openfisca-core on the same data and rules: every rule a boolean Variable. Runs in the peers' environment.

python rules_openfisca.py DATA.parquet RULES.json ANSWERS.parquet → seconds of the calculations on stdout, as JSON.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from openfisca_core.entities import Entity
from openfisca_core.model_api import ETERNITY, Variable
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

OPS = {"=": np.equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}


def clause_holds(person, period, clause):
    name, op, value = clause
    column = person(name, period)
    if op == "in":
        return np.isin(column, value)
    return OPS[op](column, value)


def variable(name, kind, person, formula=None):
    body = {"value_type": kind, "entity": person, "definition_period": ETERNITY, "label": name}
    if formula:
        body["formula"] = formula
    return type(name, (Variable,), body)


def rule_formula(clauses):
    def formula(person, period):
        held = clause_holds(person, period, clauses[0])
        for clause in clauses[1:]:
            held = held * clause_holds(person, period, clause)
        return held

    return formula


def main(data, rules, answers):
    table, clauses = pq.read_table(data), json.loads(Path(rules).read_text(encoding="utf-8"))
    person = Entity("person", "people", "", "")
    system = TaxBenefitSystem([person])
    arrays = {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        arrays[name] = column.to_numpy(zero_copy_only=False)
        kind = bool if arrays[name].dtype == bool else float if arrays[name].dtype.kind == "f" else int
        system.add_variable(variable(name, kind, person))
    for number, rule in enumerate(clauses):
        system.add_variable(variable(f"rule{number}", bool, person, rule_formula(rule)))
    walls, works, found = [], [], {}
    for _ in range(5):
        simulation = SimulationBuilder().build_default_simulation(system, table.num_rows)
        for name, values in arrays.items():
            simulation.set_input(name, "ETERNITY", values)
        start, work = time.perf_counter(), time.process_time()
        found = {f"rule{n}": simulation.calculate(f"rule{n}", "2025-01") for n in range(len(clauses))}
        walls.append(time.perf_counter() - start)
        works.append(time.process_time() - work)
    pq.write_table(pa.table(found), answers)
    print(json.dumps({"wall": min(walls), "work": min(works)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
