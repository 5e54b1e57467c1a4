"""What import tells clerks: why sheets, rows and columns are left out, and which checks failed. Code → Chinese."""

from __future__ import annotations

SHEET_REASONS: dict[str, str] = {
    "no heading row": "没有找到表头（说明页、卡片或空表）",
    "pivot table": "数据透视表，不是台账",
    "no rows below the heading": "表头下面没有数据行",
    "no identifying column": "没有能认出人、户、企业或其他对象的栏（姓名、证号、户号、信用代码、编号），按汇总表处理",
    "a form": "像是空白表或登记卡，不是台账（本该是姓名、编号的地方是栏名）",
    "hidden sheet": "隐藏的工作表",
    "empty sheet": "空工作表",
}

ROW_REASONS: dict[str, str] = {
    "blank row": "空行",
    "total": "小计、合计行",
    "note": "说明、落款行",
    "example": "填写示例行",
    "group": "分组标题行",
    "repeated heading": "重复的表头",
    "no subject": "没有姓名、证号等，认不出是谁的行",
}

COLUMN_REASONS: dict[str, str] = {
    "unknown label": "数据元库里没有对应的数据项",
    "unsure label": "像是某个数据项，但不能确定",
    "derived": "由系统按其他数据计算，不采集",
    "somebody else's": "不是本行对象的信息",
    "values do not fit": "栏名能对上，但内容大多不合这一项",
    "mapped twice": "与另一栏重复且内容不一致",
    "office use": "序号、备注、签字等",
}

CHECK_REASONS: dict[str, tuple[str, str]] = {
    "birth_differs_from_id": ("出生日期与公民身份号码不一致，未采用。", "请对照身份证核对两项。"),
    "sex_differs_from_id": ("性别与公民身份号码不一致，未采用。", "请对照身份证核对两项。"),
    "age_differs_from_birth": ("年龄与出生日期对不上。", "请核对出生日期；年龄由系统计算，不需填写。"),
}

SOLUTIONS: dict[str, str] = {
    "no_table": "请确认文件是逐人、逐户或逐企业的台账，并有姓名、身份证号、户号或统一社会信用代码等栏。",
}
