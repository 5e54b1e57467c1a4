"""Random expressions that are right: every construct of the language in every place it may stand."""

from __future__ import annotations

import random

MONEY, SIZES = ["元", "万元"], ["亩", "平方米"]
PERSON_NUMBERS = {
    "元": ["个人年收入", "家庭年收入", "户.年收入", "家庭人均年收入"],
    "岁": ["年龄", "户主.年龄"],
    "亩": ["户.耕地面积"],
}
HOUSEHOLD_NUMBERS = {"元": ["家庭年收入", "家庭人均年收入"], "岁": ["户主.年龄"], "亩": ["耕地面积", "住房面积"]}
LITERALS = {"元": ["20000", "3000元", "1.5万元"], "岁": ["60", "80岁"], "亩": ["3亩", "100平方米", "2 亩"]}
OPS = ["=", "<>", "<", "<=", ">", ">=", "≥"]


class Maker:
    """Makes texts about a row of `subject`, or figures; `deep` is how many more parts may stand inside one another."""

    def __init__(self, rng: random.Random, subject: str) -> None:
        self.rng, self.subject = rng, subject
        self.members = subject in ("person", "household")

    def figure(self, deep: int) -> str:
        """A number about populations."""
        if deep <= 0:
            return self.rng.choice(["count(人)", "count(户)", "count(企业)", "100"])
        inner = self.figure
        return self.rng.choice(
            [
                lambda: self.population(deep),
                lambda: self.population(deep),
                lambda: f"{inner(deep - 1)} / {self.population(deep - 1)}",
                lambda: f"({self.population(deep - 1)} * {self.rng.choice(['100', '0.5', '60%'])})",
                lambda: f"case when {self.population(deep - 1)} > 3 then {self.counted(deep - 1)} else 0 end",
                lambda: f"round({self.counted(deep - 1)}, {self.rng.randint(0, 6)})",
                lambda: f"coalesce({self.counted(deep - 1)}, 0)",
                lambda: f"greatest({self.counted(deep - 1)}, 1, 2.5)",
            ]
        )()

    def counted(self, deep: int) -> str:
        return f"count({self.rng.choice(['人', '居民', 'person'])}{self.among('person', deep - 1)})"

    def population(self, deep: int) -> str:
        """An aggregate over all people or households."""
        word, subject = self.rng.choice([("人", "person"), ("户", "household")])
        row = Maker(self.rng, subject)
        among = row.among(subject, deep - 1)
        op = self.rng.choice(["sum", "avg", "min", "max", "median", "求和"])
        return self.rng.choice(
            [
                lambda: f"count({word}{among})",
                lambda: f"share({word} where {row.condition(deep - 1)})",
                lambda: f"{op}({word}.{row.own()}{among})",
                lambda: f"{op}({word}.{row.own()} * 2{among})",
                lambda: f"{op}(count({'人.户.人' if subject == 'person' else '户.人'} where 年龄 < 18){among})",
                lambda: f"{op}(case when {word}.户主.年龄 > 60 then 100元 else 0.5万元 end{among})",
                lambda: f"avg(years_between(人.出生日期, 今天){Maker(self.rng, 'person').among('person', 1)})",
            ]
        )()

    def among(self, subject: str, deep: int) -> str:
        return f" where {Maker(self.rng, subject).condition(deep)}" if self.rng.random() < 0.6 else ""

    def own(self) -> str:
        numbers = PERSON_NUMBERS if self.subject == "person" else HOUSEHOLD_NUMBERS
        return self.rng.choice([name for names in numbers.values() for name in names if "户." not in name])

    def number(self, sort: str, deep: int) -> str:
        """A number in money, years of age or area."""
        numbers = PERSON_NUMBERS if self.subject == "person" else HOUSEHOLD_NUMBERS
        if deep <= 0:
            return self.rng.choice([*numbers[sort], *numbers[sort], *LITERALS[sort]])

        def part() -> str:
            return self.number(sort, deep - 1)

        return self.rng.choice(
            [
                lambda: self.number(sort, 0),
                lambda: f"({part()} {self.rng.choice('+-')} {part()})",
                lambda: f"{part()} * {self.rng.choice(['2', '0.5', '家庭人口数'])}",
                lambda: f"-({part()})",
                lambda: f"{part()} / 3",
                lambda: f"round({part()}, 2)",
                lambda: f"abs({part()})",
                lambda: f"{self.rng.choice(['least', 'greatest', 'coalesce'])}({part()}, {part()})",
                lambda: f"case when {self.condition(deep - 1)} then {part()} else {part()} end",
            ]
        )()

    def date(self, deep: int) -> str:
        """A date."""
        stored = ["出生日期", "入党日期", "户主.出生日期"] if self.subject == "person" else ["户主.入党日期"]
        if deep <= 0:
            return self.rng.choice([*stored, *stored, "今天", "期初", "本月", "上季度", "去年"])
        length = self.rng.choice(["1年", "6个月", "30天", "5工作日", "3 日"])
        return f"({self.date(deep - 1)} {self.rng.choice('+-')} {length})"

    def condition(self, deep: int) -> str:
        """A condition on the row."""
        if deep > 0 and self.rng.random() < 0.5:
            joined = self.rng.choice([" and ", " or ", " 且 "]).join(
                f"({self.condition(deep - 1)})" for _ in range(self.rng.randint(2, 3))
            )
            return self.rng.choice([joined, f"not ({self.condition(deep - 1)})", joined])
        return self.rng.choice([self.numeric, self.dated, self.plain, self.of_members])(deep - 1)

    def numeric(self, deep: int) -> str:
        sort, op = self.rng.choice(["元", "岁", "亩"]), self.rng.choice(OPS)
        left, right = self.number(sort, deep), self.number(sort, deep)
        return self.rng.choice(
            [
                f"{left} {op} {right}",
                f"{left} between {right} and {self.number(sort, 0)}",
                f"{left} in ({right}, {self.number(sort, 0)})",
            ]
        )

    def dated(self, deep: int) -> str:
        date, other, op = self.date(deep), self.date(0), self.rng.choice(OPS)
        unit = self.rng.choice(["12个月", "2年", "30天", "10工作日"])
        return self.rng.choice(
            [
                f"{date} {op} {other}",
                f"{date} {op} '2020-02-29'",
                f"{date} between '1950' and {other}",
                f"今天 - {date} {op} {unit}",
                f"{unit} {op} {date} - {other}",
                f"year({date}) {op} 1950",
                f"月份({date}) in (1, 2)",
                f"months_between({date}, 今天) {op} 3",
                f"相差工作日('2020-01-01', {date}) {op} 3工作日",
                f"{date} in (本月, '2020')",
            ]
        )

    def plain(self, _deep: int) -> str:
        person = [
            "残疾等级 in ('一级', '3级')",
            "姓名 like '赵%'",
            "是否独居",
            "listed(残疾等级, '三级') = '三级'",
            "在册(与户主关系, '户主') = '户主'",
            "listed(是否独居, '否')",
            "case 残疾等级 when '一级' then '甲' else '乙' end = '甲'",
        ]
        shared = [
            "户.是否低保户 = '是'",
            "村（社区） <> '甲村'",
            "户主.姓名 is not null",
            "户联系电话 is null",
            "not 户.是否低保户",
        ]
        return self.rng.choice(shared + (person if self.subject == "person" else []))

    def of_members(self, deep: int) -> str:
        if not self.members:
            return self.plain(deep)
        word = self.rng.choice(["户.人", "成员"])
        alone = Maker(self.rng, "person")
        alone.members = False
        where = f" where {alone.condition(deep)}" if self.rng.random() < 0.7 else ""
        kept, self.members = self.members, False
        found = self.rng.choice(
            [
                f"count({word}{where}) >= 2",
                f"max({word}.年龄{where}) > 60",
                f"sum({word}.津贴{where}) > 100元/月",
                f"share({word} where 是否独居) > 50%",
                f"min({word}.户主.出生日期) < 今天",
            ]
        )
        self.members = kept
        return found
