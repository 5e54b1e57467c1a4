"""Fill plans: telling how far the writing of their rows is."""

from __future__ import annotations

from yici.core.fillplan import RowsFill, SheetFill, WorkbookFill


def test_rows_are_told_over_all_areas_and_none_is_lost() -> None:
    areas = [RowsFill(3, 1, (1,), ([str(number)] for number in range(count)), count) for count in (250, 350)]
    fill, told = WorkbookFill([SheetFill("甲", rows=areas[:1]), SheetFill("乙", rows=areas[1:])]), []
    fill.tell_rows(lambda done, total: told.append((done, total)))
    assert [len(list(area.rows)) for area in areas] == [250, 350]
    assert told == [(200, 600), (400, 600), (600, 600)]
