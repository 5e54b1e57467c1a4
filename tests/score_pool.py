"""A small pool to be assessed: matters and public projects of three villages, firms, cadres."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from kept_homes import prepared
from yici.core.manifest import BatchFacts
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.services.units import add_units
from yici.storage.packs import load_registry

# Village, number, category, received, due, closed, called back, solved, satisfaction, resolved, repeated.
_MATTERS = """
柳东村,S001,诉求,2025-02-01,2025-02-10,2025-02-08,2025-02-12,是,非常满意,,否
柳东村,S002,诉求,2025-03-01,2025-03-10,2025-03-09,2025-03-12,是,满意,,否
柳东村,S003,诉求,2025-04-01,2025-04-10,2025-04-20,2025-04-22,否,不满意,,否
柳东村,S004,诉求,2025-05-01,2025-05-10,2025-05-08,2025-05-12,是,基本满意,,否
柳东村,J001,矛盾纠纷,2025-06-01,2025-07-01,2025-06-20,,,,是,否
柳东村,J002,矛盾纠纷,2025-06-05,2025-07-05,2025-06-25,,,,是,否
柳西村,S005,诉求,2025-02-01,2025-02-10,2025-02-08,2025-02-12,是,满意,,是
柳西村,S006,诉求,2025-03-01,2025-03-10,2025-03-09,2025-03-12,否,不满意,,否
柳西村,J003,矛盾纠纷,2025-06-01,2025-07-01,2025-06-20,,,,是,否
柳西村,J004,矛盾纠纷,2025-06-05,2025-07-05,2025-08-01,,,,否,否
柳西村,S900,诉求,2024-03-01,2024-03-10,2024-03-09,2024-03-12,是,非常满意,,否
"""
_PROJECTS = """
柳东村,P01,村小学改造,300,300,2024-09-01,2025-08-31,2025-08-20,是,92
柳东村,P02,文化广场,50,20,2025-03-01,2025-11-30,,否,
柳西村,P03,饮水管网,120,120,2025-01-10,2025-10-31,2025-10-20,是,75
"""
# Number of the credit code, name, above scale, assessed tax, land, value added, energy, emissions, staff, research,
# revenue, power, since, industry, address.
_FIRMS = """
1,甲制造,是,4819.4,100,6808,2021.68,2.76197,375,302,10000,500,2015-01-01,3911,柳河镇柳东村工业路1号
2,乙制造,是,2409.7,100,13616,5054.19,0,750,302,10000,500,2016-01-01,3912,柳河镇柳西村工业路2号
3,丙制造,是,1204.85,100,13616,5054.19,5.52394,750,,10000,500,2017-01-01,0111,柳河镇柳东村工业路3号
4,丁制造,是,1204.85,100,13616,5054.19,5.52394,750,302,10000,500,2024-06-01,,柳河镇柳东村工业路4号
5,戊加工,否,115.932,10,,,,,,,492.908,2015-01-01,3913,
6,己加工,否,57.966,10,,,,,,,246.454,2016-01-01,,
7,庚加工,否,20,2,,,,,,,80,2016-01-01,,
8,辛加工,,20,20,,,,,,,80,2016-01-01,,
"""
_CADRES = """
柳东村,G01,张建国,网格员,90,80,85,95,4,4
柳西村,G02,李秀英,村（社区）两委成员,70,60,65,75,4,3
柳西村,G03,王强,窗口工作人员,88,,90,80,4,4
"""
_MATTER_HEAD = (
    "所属村,事项受理编号,事项类别,受理日期,办结期限,办结日期,回访日期,是否解决,满意度,是否化解,是否重复诉求,承办单位"
)
_PROJECT_HEAD = (
    "民生项目所在村,民生项目编号,民生项目名称,民生项目投资额,民生项目已完成投资,民生项目开工日期,计划完工日期,完工日期,"
    "是否落地,群众测评得分"
)
_FIRM_HEAD = (
    "统一社会信用代码,企业名称,是否规上企业,评价税收,占地面积,工业增加值,综合能耗,主要污染物排放量,年平均职工人数,研发投入,"
    "主营业务收入,年用电量,投产日期,行业代码,注册地址"
)
_CADRE_HEAD = (
    "干部所在村,干部编号,干部姓名,干部岗位,数字思维认知得分,数字学习创新得分,数字公共服务得分,数字安全管理得分,"
    "应完成实训数,实训完成数"
)
_LEDGERS = {
    "事项.csv": ("社会治理中心", _MATTER_HEAD, _MATTERS),
    "民生项目.csv": ("发展改革局", _PROJECT_HEAD, _PROJECTS),
    "企业.csv": ("工业和信息化局", _FIRM_HEAD, _FIRMS),
    "干部.csv": ("组织部", _CADRE_HEAD, _CADRES),
}
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VILLAGES = ("柳东村", "柳西村", "柳南村")


def credit_code(number: int) -> str:
    """A made-up credit code with a right check character (GB 32100)."""
    body = f"91330000{number:09d}"
    total = sum(_ALPHABET.index(sign) * (3**place % 31) for place, sign in enumerate(body))
    return body + _ALPHABET[(31 - total % 31) % 31]


def make_score_pool(home: Path, folder: Path) -> None:
    """Three villages of one town with their ledgers, all true for the last day of 2025."""
    prepared(home, "scores", lambda: _make(home, folder))


def _make(home: Path, folder: Path) -> None:
    add_units(home=home, actor="王", parent="柳河镇", children=list(VILLAGES))
    for name, (department, header, text) in _LEDGERS.items():
        rows = [line.split(",") for line in text.split()]
        if name == "事项.csv":
            # Disputes are the judicial office's, everything else the service centre's.
            rows = [[*row, "司法所" if row[1].startswith("J") else "便民中心"] for row in rows]
        if name == "企业.csv":
            rows = [[credit_code(int(row[0])), *row[1:]] for row in rows]
        path = folder / name
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows([header.split(","), *rows])
        facts = BatchFacts(department, date(2025, 12, 31))
        import_ledger(path=path, facts=facts, home=home, registry=load_registry(), actor="王")
    open_pool(home).projection().close()
