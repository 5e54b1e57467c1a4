"""The tour of docs/tour.md: its pictures are there and small, and the pages it names exist."""

from __future__ import annotations

import re
from pathlib import Path

from django.urls import Resolver404, resolve

DOCS = Path(__file__).parents[2] / "docs"
TOUR = (DOCS / "tour.md").read_text("utf-8")


def test_every_picture_is_there_and_every_one_is_shown() -> None:
    named = set(re.findall(r"!\[[^\]]+\]\(tour/([\w-]+\.png)\)", TOUR))
    assert named == {file.name for file in (DOCS / "tour").iterdir()}
    assert sum(file.stat().st_size for file in (DOCS / "tour").iterdir()) < 1_000_000


def test_every_page_it_names_exists() -> None:
    named = re.findall(r"`(/[\w/-]+)`", TOUR)
    assert len(named) > 5
    for path in named:
        try:
            resolve(path)
        except Resolver404:
            raise AssertionError(f"docs/tour.md names {path}, which is no page") from None
