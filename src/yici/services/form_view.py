"""A recognised form as an HTML page: the form itself, its slots coloured by how sure their binding is."""

from __future__ import annotations

from html import escape

from yici.core.elements import Registry
from yici.core.grid import Grid, Sheet, Span, column_name
from yici.core.recognition.template import Slot, Template

_STYLE = """
body{font:14px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:24px;color:#1f2328;background:#fff}
h1{font-size:20px}h2{font-size:16px;margin-top:28px}table{border-collapse:collapse}
td{border:1px solid #d0d7de;padding:4px 8px;min-width:36px;height:22px;text-align:center;vertical-align:middle;
white-space:pre-wrap}
td.plain{border-color:#eee}td.certain{background:#d7f5dd}td.suggested{background:#fff1c2}td.unknown{background:#eceff2}
td.fact{background:#dbeafe}td.human{background:#f6f8fa;color:#57606a}
td small{display:block;color:#3d444d;font-size:12px}
.key span{padding:2px 10px;margin-right:8px;border:1px solid #d0d7de}
"""
_NAMES = {
    "certain": "自动填写",
    "suggested": "待确认",
    "unknown": "系统没有",
    "fact": "表头信息",
    "human": "人工填写",
}


def view_html(grid: Grid, template: Template, registry: Registry) -> str:
    """A self-contained page, without scripts: every sheet as a table, every slot with its element and the evidence."""
    slots, blank = _places(template)
    key = "".join(f'<span class="{kind}">{name}</span>' for kind, name in _NAMES.items())
    css = _STYLE + "".join(f".key .{kind}{{{_colour(kind)}}}" for kind in _NAMES)
    sheets = "".join(_sheet(sheet, slots, blank, registry) for sheet in grid.sheets if sheet.state == "visible")
    title = escape(template.title or template.form)
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{title}</title><style>{css}</style>'
        f'<h1>{title}</h1><p class="key">{key}</p>{sheets}</html>'
    )


def sheets_html(grid: Grid, template: Template, registry: Registry) -> str:
    """The visible sheets as tables for a page of ours: no styles of their own, slots marked by classes. Safe HTML."""
    slots, blank = _places(template)
    return "".join(_sheet(sheet, slots, blank, registry) for sheet in grid.sheets if sheet.state == "visible")


def _places(template: Template) -> tuple[dict[tuple[str, int, int], Slot], dict[tuple[str, int, int], Slot]]:
    """The slots by their place, and the further blank rows of rosters by theirs."""
    slots = {(area.sheet, slot.row, slot.col): slot for area in template.areas for slot in area.slots}
    blank = {
        (area.sheet, row, slot.col): slot
        for area in template.areas
        if area.kind == "rows"
        for slot in area.slots
        for row in range(area.first_row + 1, area.first_row + area.blank_rows)
    }
    return slots, blank


def state_of(slot: Slot) -> str:
    """How a slot stands: "certain", "suggested", "unknown", "fact" or "human"."""
    binding = slot.binding
    if binding.human:
        return "human"
    if binding.fact is not None:
        return "fact"
    if binding.figure is not None:
        return "certain" if binding.certain else "suggested" if binding.figure.text else "unknown"
    if binding.element is None:
        return "unknown"
    return "certain" if binding.certain else "suggested"


def _colour(kind: str) -> str:
    colours = {
        "certain": "#d7f5dd",
        "suggested": "#fff1c2",
        "unknown": "#eceff2",
        "fact": "#dbeafe",
        "human": "#f6f8fa",
    }
    return f"background:{colours[kind]}"


def _sheet(
    sheet: Sheet,
    slots: dict[tuple[str, int, int], Slot],
    blank: dict[tuple[str, int, int], Slot],
    registry: Registry,
) -> str:
    covered = {
        (row, col)
        for span in sheet.merges
        for row in range(span.top, span.bottom + 1)
        for col in range(span.left, span.right + 1)
        if (row, col) != (span.top, span.left)
    }
    merges = {(span.top, span.left): span for span in sheet.merges}
    head = "".join(f"<td class=plain>{column_name(col)}</td>" for col in range(1, sheet.n_cols + 1))
    rows = []
    for row in range(1, min(sheet.n_rows + 2, 400) + 1):
        cells = "".join(
            _cell(sheet, row, col, merges.get((row, col)), slots, blank, registry)
            for col in range(1, sheet.n_cols + 1)
            if (row, col) not in covered
        )
        rows.append(f"<tr><td class=plain>{row}</td>{cells}</tr>")
    # The title of a Word form stands in the paragraphs above its table.
    above = "".join(f"<p>{escape(text)}</p>" for text in sheet.before if text.strip())
    return f"<h2>{escape(sheet.name)}</h2>{above}<table><tr><td class=plain></td>{head}</tr>{''.join(rows)}</table>"


def _cell(
    sheet: Sheet,
    row: int,
    col: int,
    span: Span | None,
    slots: dict[tuple[str, int, int], Slot],
    blank: dict[tuple[str, int, int], Slot],
    registry: Registry,
) -> str:
    size = f' colspan="{span.width}" rowspan="{span.height}"' if span else ""
    text = escape(sheet.at(row, col).text)
    place = (sheet.name, row, col)
    slot = slots.get(place)
    if slot is None:
        kind = state_of(blank[place]) if place in blank else "plain"
        return f'<td class="{kind}"{size}>{text}</td>'
    element = slot.binding.element
    name = registry.elements[element].name if element in registry.elements else {"unit": "单位", "date": "日期"}.get(
        slot.binding.fact or "", ""
    )  # fmt: skip
    why = escape(f"{slot.label}\n" + "\n".join(slot.binding.evidence), quote=True)
    mark = "" if slot.binding.certain or not name else "？"
    return f'<td class="{state_of(slot)}"{size} title="{why}">{text}<small>{escape(name)}{mark}</small></td>'
