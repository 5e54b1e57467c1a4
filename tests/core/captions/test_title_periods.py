"""The period a title names, against the day asked for."""

from __future__ import annotations

from datetime import date

import pytest

from yici.core.captions.periods import past_period

DAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("title", "words", "until"),
    [
        ("2024年低保户情况统计表", "2024年", "2024-12-31"),
        ("柳河镇2025年度残疾人情况统计表", "2025年度", "2025-12-31"),
        ("（2024年度）", "2024年度", "2024-12-31"),
        ("2024年底低保户情况统计表", "2024年底", "2024-12-31"),
        ("二〇二四年低保户情况统计表", "2024年", "2024-12-31"),
        ("2026年第三季度老年人情况统计表", "2026年第三季度", "2026-09-30"),
        ("2026年上半年人口统计表", "2026年上半年", "2026-06-30"),
        ("2026年10月份残疾人统计表", "2026年10月份", "2026-10-31"),
        ("截至2026年2月8日人口统计表", "2026年2月8日", "2026-02-08"),
        ("2023年与2024年低保户对比表", "2023年至2024年", "2024-12-31"),
    ],
)
def test_a_period_that_is_over_is_told_with_its_last_day(title: str, words: str, until: str) -> None:
    told = past_period((title,), DAY)
    assert told is not None and told.day == date.fromisoformat(until)
    assert f"“{words}”" in told.words and until in told.words and "2026-11-25" in told.words
    # Where a day is chosen differs: the command line adds its option, pages their field.
    assert "--" not in told.words
    assert past_period((title,), told.day) is None


@pytest.mark.parametrize(
    "title",
    [
        "2026年低保户情况统计表", "2026年第四季度人口统计表", "2026年11月残疾人统计表", "2026年底人口统计表",
        "低保户情况统计表", "填报日期：2024年12月31日", "2024年12月31日", "2020年以来返乡人员统计表",
        "2008年1月1日后出生人口统计表",
        "残疾人情况统计表（2024年修订）", "2024年至2026年人口统计表", "2027年人口统计表",
    ],
)  # fmt: skip
def test_a_period_that_holds_the_day_or_is_none_says_nothing(title: str) -> None:
    assert past_period((title,), DAY) is None
