"""zen-engine on a sample of the same data and rules: one decision with an expression a rule.

python rules_zen.py DATA.parquet RULES.json → people, seconds and counts on stdout, as JSON.
"""

import json
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import zen


def clause_text(clause):
    name, op, value = clause
    if op == "in":
        return f"{name} in {json.dumps(value)}"
    return f"{name} {'==' if op == '=' else op} {json.dumps(value)}"


def main(data, rules):
    people = pq.read_table(data).to_pylist()
    expressions = [
        {"id": str(n), "key": f"rule{n}", "value": " and ".join(clause_text(clause) for clause in rule)}
        for n, rule in enumerate(json.loads(Path(rules).read_text(encoding="utf-8")))
    ]
    graph = {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
            {"id": "rules", "name": "rules", "type": "expressionNode", "position": {"x": 1, "y": 0},
             "content": {"expressions": expressions}},
            {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
        ],
        "edges": [
            {"id": "a", "sourceId": "in", "targetId": "rules", "type": "edge"},
            {"id": "b", "sourceId": "rules", "targetId": "out", "type": "edge"},
        ],
    }  # fmt: skip
    decision = zen.ZenEngine().create_decision(json.dumps(graph))
    start, work = time.perf_counter(), time.process_time()
    found = [decision.evaluate(person)["result"] for person in people]
    wall, work = time.perf_counter() - start, time.process_time() - work
    counts = [sum(bool(one[f"rule{n}"]) for one in found) for n in range(len(expressions))]
    print(json.dumps({"people": len(people), "wall": wall, "work": work, "counts": counts}))


if __name__ == "__main__":
    main(*sys.argv[1:])
