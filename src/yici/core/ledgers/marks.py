"""Words by which an office marks rows and sheets that are not records: totals, notes, footers, titles, examples."""

from __future__ import annotations

import re

from yici.core.recognition.labels import squash

# Headings that every ledger has and no element stands behind.
OFFICE_HEADINGS = frozenset(
    (
        "序号", "编号", "备注", "说明", "签字", "签名", "签章", "领取人签字", "经办人", "填表人", "登记人",
        "采集人", "审核人", "联系人", "单位", "类别", "类型", "名称", "项目", "日期", "时间", "数量", "金额",
        "面积", "关系", "班级", "村名", "村别", "村居", "所在村", "所属村", "行政村", "自然村", "村组", "小组",
        "组别", "村", "组", "社区", "镇", "乡镇", "街道", "县区", "户数", "人数", "照片", "状态", "姓名",
        "户主", "户号", "户编号", "身份证", "证件号", "电话", "地址", "住址",
    )
)  # fmt: skip
# How headings end that nobody listed; values that end so are rare, and one alone never makes a heading row.
_HEADING_END = re.compile(
    r"[^\d,。;:]{0,10}(?:日期|时间|姓名|名称|电话|号码|证号|编号|金额|面积|人数|户数|方式|情况|类别|等级|类型|签字|地址|住址|备注|原因|年限|职务)"
)

# What both Python's regular expressions and RE2 understand: a quick search for rows that may be totals.
TOTAL_SEARCH = r"(?:小|合|总|共|累)[\s　]*计|平均|总[\s　]*数|人均"
EXAMPLE_SEARCH = r"例"

_TOTAL = re.compile(r"[^:,。]{0,16}?(?:小计|合计|总计|共计|累计|总数|平均|平均值|人均)(?:[:(\d].*)?")
_NOTE = re.compile(
    r"(?:备注|说明|填表说明|填报说明|注释|附注|注意|注|附)\d*[:.、]|[※*]|\d{1,2}[.、].{6,}|\(?[一二三四五六七八九十]+[).、].{8,}"
)
_FOOTER = re.compile(
    r"(?:填表|制表|填报|审核|复核|审批|经办|负责|采集|校核|统计|报出|盖章|签字|签章|书记|主任|站长|校长|编制|填写|核对)[^,。]{0,8}:"
)
_META = re.compile(
    r"[^:,。]{1,14}:|附件\d*|附表\d*|附\d+|表\d+|\(?(?:19|20)\d{2}(?:年|[-./])\d{0,2}.{0,12}|\(?[二○〇零一]{4}年.*|.{0,6}单位"
)
_EXAMPLE = re.compile(r"[(【]?(?:示例|样例|范例|举例|例)[)】]?[:\d]*|(?:例如|例|示例)[:,].*")
_PIVOT = re.compile(r"行标签|列标签|(?:计数项|求和项|平均值项|最大值项|最小值项):")
_ORDINALS = "甲乙丙丁戊己庚辛壬癸"
_FORMULA = re.compile(r"\d{1,2}=\d{1,3}(?:[+\-×*/÷]\d{1,3})+")
_UNIT_ONLY = re.compile(
    r"\(?(?:元|万元|千元|亿元|元/月|元/年|人|户|岁|个|名|亩|㎡|平方米|m2|平米|公顷|公斤|吨|吨标准煤|万千瓦时|千瓦时|%|是/否|√|台|头|只|间|处|年|月|日)\)?"
)
_HEADED = re.compile(r"\(?[一二三四五六七八九十]{1,3}[).、]")


def ends_like_heading(text: str) -> bool:
    """登记日期, 监护人电话: made like a heading, whether or not an element is known by it."""
    return _HEADING_END.fullmatch(text) is not None


def is_total(text: str) -> bool:
    """小计, 合 计, 6组小计, 合计:328户 … : a row that sums others."""
    return _TOTAL.fullmatch(squash(text)) is not None


def is_note(text: str) -> bool:
    """注:…, 说明:…, 1.…: explanations below or between the rows."""
    return _NOTE.match(squash(text)) is not None


def is_footer(text: str) -> bool:
    """填表人:   审核人:   : who signed."""
    return _FOOTER.search(squash(text)) is not None


def is_meta(text: str) -> bool:
    """填报单位:…, 2025年6月30日, 附件2: lines between title and headings."""
    return _META.match(squash(text)) is not None


def is_example(text: str) -> bool:
    """例, 示例, (例): a row that shows how to fill."""
    return _EXAMPLE.fullmatch(squash(text)) is not None


def is_pivot(text: str) -> bool:
    """Words that only a pivot table (数据透视表) writes."""
    return _PIVOT.match(squash(text)) is not None


def is_unit_only(text: str) -> bool:
    """(元), %, 人: a heading cell that only names the unit of the one above."""
    return _UNIT_ONLY.fullmatch(squash(text)) is not None


def group_name(text: str) -> str:
    """The name in a row that only divides others: 一、青石村 → 青石村."""
    return _HEADED.sub("", squash(text)).rstrip(":")


def is_column_numbering(texts: list[str]) -> bool:
    """甲 乙 1 2 3, or 1 2 3=1+2: the row that numbers the columns below the headings."""
    cells = [squash(text).strip("()") for text in texts]
    letters = 0
    while letters < min(len(cells), len(_ORDINALS)) and cells[letters] == _ORDINALS[letters]:
        letters += 1
    numbers = cells[letters:]
    counted = [number.split("=")[0] if _FORMULA.fullmatch(number) else number for number in numbers]
    return len(cells) >= 3 and counted == [str(place) for place in range(1, len(numbers) + 1)]
