"""The workbook part and its neighbours, changed as little as possible: names moved, recalculation asked for."""

from __future__ import annotations

import re

from yici.office.xlsx_moves import FormulaMover
from yici.office.xlsx_package import Package
from yici.office.xlsx_sheetxml import escape, unescape

_P = r"(?:[\w.-]+:)?"
_NAME = re.compile(rf"(<{_P}definedName\s[^>]*>)([^<]*)(?=</)")
_CALC = re.compile(rf"<({_P})calcPr\b([^>]*?)\s*(/?)>")
# CT_Workbook: what may follow calcPr.
_AFTER_CALC = re.compile(
    rf"<{_P}(?:oleSize|customWorkbookViews|pivotCaches|smartTagPr|smartTagTypes|webPublishing|fileRecoveryPr|"
    rf"webPublishObjects|extLst)[\s/>]|</({_P})workbook\s*>"
)


def moved_names(text: str, mover: FormulaMover) -> str:
    """The workbook part with the defined names (print areas, titles, filters) moved."""

    def change(match: re.Match[str]) -> str:
        plain = unescape(match[2])
        moved = mover.move(plain)
        return match[0] if moved == plain else match[1] + escape(moved)

    return _NAME.sub(change, text)


def with_recalculation(text: str) -> str:
    """The workbook part that asks the program that opens it to compute all formulas."""
    found = _CALC.search(text)
    if found is not None:
        attributes = re.sub(r'\sfullCalcOnLoad="[^"]*"', "", found[2])
        return (
            f'{text[: found.start()]}<{found[1]}calcPr{attributes} fullCalcOnLoad="1"{found[3]}>{text[found.end() :]}'
        )
    after = _AFTER_CALC.search(text)
    root = re.search(rf"<({_P})workbook[\s>]", text)
    if after is None or root is None:
        return text
    return f'{text[: after.start()]}<{root[1]}calcPr fullCalcOnLoad="1"/>{text[after.start() :]}'


def without_part(package: Package, part: str) -> dict[str, bytes]:
    """The content types and the workbook's relationships without one part that hangs on the workbook."""
    folder, _, name = package.workbook.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    target = part.removeprefix(folder + "/")
    types = package.read("[Content_Types].xml").decode()
    types = re.sub(
        rf'<{_P}Override\s[^>]*PartName="/{re.escape(part)}"[^>]*?(?:/>|></{_P}Override>)', "", types, flags=re.I
    )
    relations = package.read(rels).decode()
    aim = f"(?:/{re.escape(part)}|{re.escape(target)})"
    relation = rf'<{_P}Relationship\s[^>]*Target="{aim}"[^>]*?(?:/>|></{_P}Relationship>)'
    relations = re.sub(relation, "", relations, flags=re.I)
    return {"[Content_Types].xml": types.encode(), rels: relations.encode()}
