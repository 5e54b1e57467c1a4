"""Texts of the services in English: lists of what the catalogue knows, and what it does not know in whole."""

from __future__ import annotations

import pytest
from django.utils import translation

from conftest import Office
from yici.web.middleware.language import COOKIE
from yici.web.wording import told


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("没有表号、没有制定机关；请补齐，或改报一事一报。",
         "No form number, No maker; add what is missing, or ask once for an urgent matter."),
        ("没有表号、已过有效期（2026-01-01）", "No form number, Valid only until 2026-01-01"),
        ("只采集 3 项库里没有的，其余由库里预填。",
         "Collect only the 3 fields the pool lacks, the rest is filled from it."),
        ("没有表号、张三", "没有表号、张三"),
    ],
)  # fmt: skip
def test_lists_are_told_part_by_part_or_as_they_are(chinese: str, english: str) -> None:
    assert told(chinese) == chinese
    with translation.override("en"):
        assert told(chinese) == english


def test_what_a_post_may_not_do_is_told_in_english(office: Office) -> None:
    clerk = office.as_("clerk")
    assert "您的岗位不能" in clerk.get("/accounts").content.decode()
    clerk.cookies[COOKIE] = "en"
    page = clerk.get("/accounts").content.decode()
    assert "Your post may not do this." in page and "岗位" not in page
