"""Where DuckDB and Apache Spark say the same thing differently."""

from __future__ import annotations

from typing import Literal as Choice

DialectName = Choice["duckdb", "spark"]


class Dialect:
    """DuckDB's SQL. Arguments are SQL text."""

    name: DialectName = "duckdb"

    def quoted(self, name: str) -> str:
        """An SQL identifier. Only names from the registry and of our own tables ever come here."""
        return '"' + name.replace('"', '""') + '"'

    def begins(self, text: str, prefix: str) -> str:
        """Whether a text begins so; `prefix` is one of our own constants."""
        return f"starts_with({text}, '{prefix}')"

    def like(self, text: str, pattern: str) -> str:
        """Text against a pattern of % and _ without any escape."""
        return f"{text} LIKE {pattern}"

    def iso(self, day: str) -> str:
        """A DATE as ISO text."""
        return f"strftime({day}, '%Y-%m-%d')"

    def day(self, text: str) -> str:
        """ISO text as a DATE, NULL when it is none."""
        return f"TRY_CAST({text} AS DATE)"

    def days_between(self, since: str, to: str) -> str:
        """Days between two DATEs."""
        return f"date_diff('day', {since}, {to})"

    def plus_days(self, day: str, count: str) -> str:
        """A DATE moved by an INTEGER of days."""
        return f"({day} + {count})"

    def plus_months(self, day: str, count: str) -> str:
        """A DATE moved by an INTEGER of months, to the month's end where it has no such day."""
        return f"CAST({day} + to_months({count}) AS DATE)"

    def whole(self, number: str, by: int) -> str:
        """An integer divided by another, towards zero."""
        return f"CAST(trunc(({number}) / {by}) AS BIGINT)"

    def numbers(self, text: str) -> str:
        """A comma-separated text as an array of integers."""
        return f"CAST(string_split({text}, ',') AS INTEGER[])"

    def texts(self, text: str) -> str:
        """A comma-separated text as an array."""
        return f"string_split({text}, ',')"

    def element(self, array: str, place: str) -> str:
        """The element at a place from 1; NULL where there is none."""
        return f"{array}[greatest({place}, 0)]"

    def among(self, value: str, column: str, rows: str) -> str:
        """Whether a column of some rows holds a text; `rows` is what stands after FROM, and looks at no row around."""
        return f"({value} IN (SELECT {column} FROM {rows}))"  # noqa: S608 (own names)


class Spark(Dialect):
    """Apache Spark's SQL, in ANSI mode."""

    name: DialectName = "spark"

    def among(self, value: str, column: str, rows: str) -> str:
        # Spark takes IN for a join, and so only in WHERE.
        return f"array_contains((SELECT collect_set({column}) FROM {rows}), {value})"  # noqa: S608 (own names)

    def quoted(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def begins(self, text: str, prefix: str) -> str:
        return f"startswith({text}, '{prefix}')"

    def like(self, text: str, pattern: str) -> str:
        # Without an escape of its own a backslash in the pattern would be one.
        return f"{text} LIKE {pattern} ESCAPE '\\u0001'"

    def iso(self, day: str) -> str:
        return f"date_format({day}, 'yyyy-MM-dd')"

    def days_between(self, since: str, to: str) -> str:
        return f"datediff({to}, {since})"

    def plus_days(self, day: str, count: str) -> str:
        return f"date_add({day}, {count})"

    def plus_months(self, day: str, count: str) -> str:
        return f"add_months({day}, {count})"

    def whole(self, number: str, by: int) -> str:
        return f"(({number}) div {by})"

    def numbers(self, text: str) -> str:
        return f"CAST(split({text}, ',') AS ARRAY<INT>)"

    def texts(self, text: str) -> str:
        return f"split({text}, ',')"

    def element(self, array: str, place: str) -> str:
        return f"get({array}, {place} - 1)"


DIALECTS: dict[DialectName, Dialect] = {"duckdb": Dialect(), "spark": Spark()}
