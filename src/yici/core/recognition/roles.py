"""What the text of a cell is, judged by its words alone."""

from __future__ import annotations

import re
from enum import StrEnum

from yici.core.recognition.labels import squash


class Role(StrEnum):
    """The roles of a cell (单元格角色)."""

    EMPTY = "empty"
    LABEL = "label"
    CHOICE = "choice"
    PLACEHOLDER = "placeholder"
    META = "meta"
    SIGN = "sign"
    NOTE = "note"
    NUMBER = "number"
    FORMULA = "formula"


_CHOICE = re.compile(
    r"[□☐○◯◻▢]\s*[^\s□☐○◯◻▢,，。；;:：]|[^\s□☐○◯◻▢]\s*[□☐◻▢]|[(（]\s*[)）]\s*[一-龥]{1,6}\s+[(（]\s*[)）]"
)
_UNIT = (
    r"(?:"
    r"元|万元|亿元|亩|㎡|平方米|平米|m2|米|厘米|cm|kg|千克|公斤|吨|人|名|户|个|岁|年|月|天|%|‰|"
    r"公里|千瓦|次|件|辆|台|头|只|分|万千瓦时|吨标准煤"
    r")"
)
_PLACEHOLDER = re.compile(
    rf"^(?:[_＿\-—－·.…\s]+|(?:人民币)?{_UNIT}|(?:人民币)?{_UNIT}/{_UNIT}|[(（](?:区号|请填写|填写|选填|必填)[)）][-—－]*|[_＿\s]*年[_＿\s]*月(?:[_＿\s]*日)?|[_＿\s]*年[_＿\s]*月[_＿\s]*日?至[_＿\s]*年[_＿\s]*月[_＿\s]*日?|[¥￥]_*|省市县?|/)$",
    re.IGNORECASE,
)
_META_WORD = (
    r"填报单位|填表单位|制表单位|上报单位|报送单位|编制单位|填报村|填报日期|填表日期|填报时间|填表时间|制表日期|制表时间|上报日期|上报时间|报送日期|报送时间|统计时间|报出日期|日期|时间|单位|金额单位|计量单位|面积单位"
    r"|表号|制定机关|批准文号|批准机关|备案文号|有效期至|有效期|编号|档案号|文号|村\(社区\)|村/社区|村委会|村居|社区|学年|系别|专业|班级|年级|学校|系部|系部名称|学校名称|院\(系\)|院系|乡镇|街道|乡\(镇\)|县\(市、区\)|县|镇|村|班级人数"
)
_META = re.compile(rf"^(?:(?:{_META_WORD})(?:\([^()]{{1,8}}\))?:)")
_META_BARE = re.compile(r"(?:年月日|年月)$")
_SIGN_WORD = re.compile(
    r"(?:签字|签名|签章|盖章|公章|手印|填表人|制表人|经办人|审核人|复核人|负责人|审批人|分管领导|主管领导|单位领导|主任|民政专干|监制|填报人|统计人|报出日期)"
)
_SIGN = re.compile(
    r"^(?:[^:：]{0,14}(?:签字|签名|签章|盖章|公章|填表人|制表人|经办人|审核人|复核人|负责人|审批人|分管领导|主管领导|单位领导|民政专干|填报人|统计人|主任|承办人|调查人|入户人)(?:\([^()]*\))?[:：])"
)
_NOTE = re.compile(
    r"^(?:注[:：]|注意|备注[:：]|说明[:：]?|填表说明|填报说明|温馨提示|提示[:：]|附注|要求[:：]|本表一式|此表一式|[*※].{15,}|【?注】)"
)
_SEQ = re.compile(r"^(?:序号|序|编号|编码序号|NO\.?|No\.?|no\.?|№|行次|项次)$")
HUMAN = re.compile(
    r"(?:意见|签字|签名|签章|盖章|公章|照片|相片|寸照|近照|手印|批示|贴照|指纹|审核结果|审批结果|承诺|声明)"
)
_NUMBER = re.compile(r"^[-+]?[\d,]+(?:\.\d+)?%?$")


def role_of(text: str) -> Role:
    """The role of a text by its words. Never raises.

    >>> [str(role_of(t)) for t in ("姓 名", "□是 □否", "填报单位：", "  年  月  日", "注：一式两份", "12", "")]
    ['label', 'choice', 'meta', 'placeholder', 'note', 'number', 'empty']
    """
    flat = squash(text)
    if not flat:
        return Role.EMPTY
    if _NUMBER.match(flat):
        return Role.NUMBER
    if _CHOICE.search(text) and (len(flat) < 200):
        return Role.CHOICE
    if _PLACEHOLDER.match(flat) and not (flat in ("年月", "年月日") and flat in text):
        return Role.PLACEHOLDER
    if _NOTE.match(flat):
        return Role.NOTE
    if _META.match(flat):
        return Role.META
    if _SIGN.match(flat) or _blank_after_sign(text):
        return Role.SIGN
    if len(flat) > 60 and re.search(r"[。；;，,]", flat):
        return Role.NOTE
    return Role.LABEL


def _blank_after_sign(text: str) -> bool:
    """A stamp or signature place with room in the same cell: （盖章）      年   月   日."""
    flat = squash(text)
    if not re.search(r"(?:签字|签名|盖章|公章|签章)", flat):
        return False
    return bool(_META_BARE.search(flat)) or bool(re.match(r"^\((?:盖章|公章|签字|签名|签章)", flat))


def is_human(text: str) -> bool:
    """Whether a label asks for something only people give: a signature, an opinion, a stamp, a photo."""
    return bool(HUMAN.search(squash(text)))


def is_counter(text: str) -> bool:
    """Whether a label heads a running number (序号)."""
    return bool(_SEQ.match(squash(text)))


def is_total(text: str) -> bool:
    """Whether a cell heads a row of totals (合计)."""
    return bool(re.match(r"^(?:合计|总计|小计|累计|共计|总数|本页合计|总合计)(?:\(.*\))?$", squash(text)))
