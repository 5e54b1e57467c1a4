"""How many people a household has is counted once, and what is about households is read for those asked about alone."""

from __future__ import annotations

from datetime import date

import pytest
from crowd import REGISTRY, VILLAGES, crowd

from yici.core.expressions import Moment, parse_filter
from yici.engine.rows import Rows
from yici.engine.select import select_rows

AS_OF = date(2026, 6, 30)


def test_a_size_mentioned_often_is_one_column() -> None:
    text = " and ".join(f"(家庭人口数 <> {n} or 家庭人均年收入 > {n})" for n in range(20))
    rows = Rows("person", Moment(AS_OF))
    assert "SELECT" not in rows.truth(parse_filter(text, REGISTRY, subject="person").expr).text


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("household", "count(人 where 年龄 >= 60) >= 1"),
        ("household", "count(人 where 年龄 < 18) = 0 and count(人) >= 2"),
        ("person", "count(户.人 where 年龄 >= 60) >= 1 and 家庭人口数 >= 2"),
    ],
)
def test_few_are_told_what_all_are_told(subject: str, text: str) -> None:
    condition = parse_filter(text, REGISTRY, subject=subject)

    def found(**narrowed: list[str]) -> list[str]:
        rows = select_rows(projection, REGISTRY, subject=subject, elements=["household.size"], filter=condition,
                           as_of=AS_OF, with_unit=True, **narrowed)  # type: ignore[arg-type]  # fmt: skip
        return [str(sorted(row.items(), key=str)) for row in rows]

    with crowd(3) as projection:
        everybody = found()
        by_village = [found(units=[village]) for village in VILLAGES]
        keys = [row["key"] for row in select_rows(projection, REGISTRY, subject=subject, elements=[], filter=condition,
                                                  as_of=AS_OF)]  # fmt: skip
        assert len(everybody) > 5 and found(keys=[str(key) for key in keys]) == everybody
        assert sorted(row for rows in by_village for row in rows) == sorted(
            row for row in everybody if "None" not in row
        )
