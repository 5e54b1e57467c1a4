"""Pages of questions: every question on exactly one, households whole, the same order however they come."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yici.services.collecting.answer_pages import MOST_HOUSEHOLDS, MOST_QUESTIONS, pages_of, wholes_of
from yici.services.collecting.questions import Group, Question

SIZES = st.lists(st.tuples(st.integers(1, 250), st.integers(0, 40)), max_size=60)


def groups(sizes: list[int], *, told: bool) -> list[Group]:
    found = []
    for household, size in enumerate(sizes):
        asked = [
            Question(f"{household}-{n}-{told}", "柳东村", "person", f"p{n}", "", "血型", "text", told=told)
            for n in range(size)
        ]
        if asked:
            found.append(Group(f"H{household:03}", f"李{household} 户", "", asked))
    return found


# How long a busy machine takes to draw sizes says nothing about pages.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SIZES)
def test_every_question_is_on_exactly_one_page_and_households_are_whole(sizes: list[tuple[int, int]]) -> None:
    open_ones = groups([size for size, _ in sizes], told=False)
    told = groups([size for _, size in sizes], told=True)
    pages = pages_of(wholes_of(open_ones, told))
    shown = [question.id for page in pages for whole in page for question in whole.questions]
    assert sorted(shown) == sorted(question.id for group in (*open_ones, *told) for question in group.questions)
    keys = [{group.key for whole in page for group in (*whole.open, *whole.told)} for page in pages]
    assert sum(map(len, keys)) == len(set().union(*keys))
    for page in pages:
        assert len(page) <= MOST_HOUSEHOLDS
        assert len(page) == 1 or sum(len(whole.questions) for whole in page) <= MOST_QUESTIONS
    assert pages == pages_of(wholes_of(open_ones[::-1], told[::-1]))


def test_what_was_returned_comes_first_and_what_needs_nothing_more_last() -> None:
    open_ones, told = groups([1, 1], told=False), groups([0, 0, 1, 1], told=True)
    told[1].questions[0].remark = "请核对"
    assert [(*whole.open, *whole.told)[0].key for whole in wholes_of(open_ones, told)] == [
        "H003",
        "H000",
        "H001",
        "H002",
    ]
