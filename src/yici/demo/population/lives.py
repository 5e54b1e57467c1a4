"""What becomes of people: schooling, work, health, insurance, party, army and benefits, as registered elements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yici.demo.pack import pack
from yici.demo.population.draw import Bools, Objects, blank, chance, choose, given, known, pick, pick_weighted, where
from yici.demo.population.families import Families
from yici.demo.population.numbers import bank_cards, iso_dates, phones

Ints = NDArray[np.int64]
YEAR = 365.25
IMPAIRMENTS = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")


@dataclass(slots=True)
class Lives:
    """The state of drawing lives: who (families, ages, birth days) and the columns drawn so far, by property name."""

    rng: np.random.Generator
    families: Families
    age: Ints
    born: Ints
    today: int
    columns: dict[str, Objects]

    @property
    def size(self) -> int:
        return len(self.age)

    def aged(self, low: int, high: int = 200) -> Bools:
        """Who is of that age, both ends included."""
        return (self.age >= low) & (self.age <= high)

    def at_age(self, years: Ints) -> Ints:
        """The day at which somebody is that many years old, some days on; never after today."""
        days = self.born + (years * YEAR).astype(np.int64) + self.rng.integers(0, 300, self.size)
        return np.asarray(np.minimum(days, self.today - 1), dtype=np.int64)


def schooling(lives: Lives) -> None:
    """Education by cohort; school and grade by age."""
    rng, table, size = lives.rng, pack("lives")["education"], lives.size
    birth_year = 1900 + (lives.born / YEAR).astype(np.int64)
    education, since = blank(size), 0
    for until in sorted(key for key in table if isinstance(key, int)):
        mine = (birth_year >= since) & (birth_year < until)
        education = choose(mine, pick(rng, table["labels"], size, table[until]), education)
        since = until
    grades = pack("lives")["grades"]
    grade_age = np.minimum(lives.age, 21)
    studies = (
        lives.aged(3, 15)
        | (lives.aged(16, 17) & chance(rng, 0.9, size))
        | (lives.aged(18, 21) & chance(rng, 0.55, size))
    )
    studies &= lives.age != 22
    grade = where(studies, np.array([grades.get(int(age)) for age in grade_age], dtype=object))
    vocational = lives.aged(15, 17) & chance(rng, 0.3, size)
    grade = choose(vocational & studies, pick(rng, ["职高一年级", "职高二年级", "职高三年级"], size), grade)
    stages = [(3, 5, "幼儿园"), (6, 11, "小学"), (12, 14, "初中"), (15, 17, "高中"), (18, 21, "大学")]
    school = blank(size)
    for low, high, stage in stages:
        school = choose(lives.aged(low, high) & studies, pick(rng, pack("lives")["schools"][stage], size), school)
    school = choose(vocational & studies, pick(rng, pack("lives")["schools"]["职校"], size), school)
    in_course = np.select(
        [lives.age < 12, lives.age < 15, lives.age < 18], ["小学", "初中", "高中"], "大学本科"
    ).astype(object)
    education = choose(studies, in_course, education)
    lives.columns |= {"education": choose(lives.age < 6, None, education), "school": school, "grade": grade}


def working(lives: Lives) -> None:
    """Employment, where people work, what they do and what it brings in a year."""
    rng, size, columns = lives.rng, lives.size, lives.columns
    status = pick(rng, ["务农", "外出务工", "本地就业", "失业"], size, [22, 42, 32, 4])
    status = choose(lives.aged(55, 69), pick(rng, ["务农", "外出务工", "本地就业"], size, [64, 18, 18]), status)
    status = choose(lives.aged(70), pick(rng, ["务农", "无劳动能力"], size, [35, 65]), status)
    status = choose(lives.aged(60) & chance(rng, 0.07, size), "退休", status)
    status = choose(given(columns["school"]), "在校学生", status)
    status = choose(lives.age < 16, choose(given(columns["school"]), "在校学生", None), status)
    away = status == "外出务工"
    occupation = blank(size)
    for kind, names in pack("lives")["occupations"].items():
        occupation = np.where(status == kind, pick(rng, names, size), occupation)
    place = where(away, pick(rng, pack("lives")["migrant_places"], size))
    employer = choose(away, pick(rng, pack("lives")["far_employers"], size), None)
    employer = choose(status == "本地就业", pick(rng, pack("lives")["employers"], size), employer)
    means = np.select([away, status == "本地就业", status == "务农", status == "退休"], [62, 41, 14, 38], 0.0)
    income = np.round(means * rng.lognormal(0, 0.3, size)) * 1000
    columns |= {
        "employment_status": status, "occupation": known(rng, occupation, 0.9),
        "employer": known(rng, employer, 0.7), "migrant_place": place,
        "annual_income": where(income > 0, income.astype(object)),
    }  # fmt: skip


def family_state(lives: Lives) -> None:
    """Marriage, after age and who lives in the household."""
    rng, size, role = lives.rng, lives.size, lives.families.role
    state = pick(rng, ["未婚", "已婚", "离婚"], size, [10, 84, 6])
    state = choose(lives.aged(0, 21), "未婚", state)
    state = choose(lives.aged(22, 29) & chance(rng, 0.55, size), "未婚", state)
    state = choose(np.isin(role, ["S", "W"]), "已婚", state)
    spouse_heads = lives.families.head[role == "S"]
    state[spouse_heads] = "已婚"
    both = np.zeros(size, bool)
    both[1:] = (role[1:] == "M") & (role[:-1] == "F")
    both[:-1] |= (role[:-1] == "F") & (role[1:] == "M")
    state = choose(np.isin(role, ["F", "M", "G"]), np.where(both, "已婚", "丧偶"), state)
    alone_old = lives.aged(65) & (role == "H") & (state != "已婚")
    state = choose(alone_old & chance(rng, 0.8, size), "丧偶", state)
    lives.columns["marital_status"] = choose(lives.age < 16, None, state)


def health(lives: Lives) -> None:
    """Health, chronic disease, disability with its certificate, care, family doctor."""
    rng, size, columns = lives.rng, lives.size, lives.columns
    ill = chance(rng, np.select([lives.age >= 65, lives.age >= 45], [0.46, 0.17], 0.01), size)
    disabled = chance(rng, np.select([lives.age >= 60, lives.age >= 30], [0.075, 0.035], 0.012), size)
    kind = where(disabled, pick(rng, [f"{k}残疾" for k in IMPAIRMENTS], size, [13, 12, 2, 55, 8, 8, 2]))
    grade = where(disabled, pick(rng, ["一级", "二级", "三级", "四级"], size, [11, 24, 30, 35]))
    kinds = {
        label: str(number) for number, label in enumerate(("视力", "听力", "言语", "肢体", "智力", "精神", "多重"), 1)
    }
    numbers = {"一级": "1", "二级": "2", "三级": "3", "四级": "4"}
    certificate = np.array(
        [
            f"{number}{kinds[of[:2]]}{numbers[degree]}" if of else None
            for number, of, degree in zip(columns["id_number"], kind, grade, strict=True)
        ],
        dtype=object,
    )
    state = pick(rng, ["健康", "一般"], size, [88, 12])
    state = choose(lives.aged(75) & chance(rng, 0.4, size), "较弱", state)
    state = choose(ill, "慢性病", np.where(disabled, "残疾", state))
    weak = lives.aged(60) & chance(rng, np.where(lives.age >= 80, 0.3, 0.06), size)
    care = where(
        lives.aged(60), np.where(weak, pick(rng, ["轻度失能", "中度失能", "重度失能"], size, [6, 3, 1]), "能力完好")
    )
    signed = lives.aged(60) | ill | disabled | (lives.age < 7) | chance(rng, 0.3, size)
    columns |= {
        "health_status": state, "chronic_disease": where(ill, pick(rng, pack("lives")["diseases"], size)),
        "disability_type": kind, "disability_grade": grade, "disability_cert_no": certificate, "care_grade": care,
        "family_doctor": where(signed, pick(rng, pack("lives")["doctors"], size)),
    }  # fmt: skip


def insurance(lives: Lives) -> None:
    """Medical and pension insurance, pensions, allowance for the old, the account money is paid to."""
    rng, size, columns = lives.rng, lives.size, lives.columns
    medical = pick(rng, ["职工医保", "城乡居民医保", "未参保"], size, [11, 86, 3])
    medical = choose((lives.age < 22) | (columns["employment_status"] == "务农"), "城乡居民医保", medical)
    pension = pick(rng, ["职工养老保险", "城乡居民养老保险", "未参保"], size, [12, 76, 12])
    retired = pick(rng, ["职工养老保险", "机关事业单位养老保险"], size, [70, 30])
    pension = choose(columns["employment_status"] == "退休", retired, pension)
    pension = choose((lives.age < 16) | (given(columns["school"])), None, pension)
    drawn = lives.aged(60) & (given(pension)) & (pension != "未参保")
    amount = np.where(pension == "城乡居民养老保险", rng.normal(212, 26, size), rng.normal(3150, 560, size))
    allowance = np.select([lives.age >= 100, lives.age >= 90, lives.age >= 80], [300, 100, 60], 0)
    holds = drawn | (lives.aged(18) & chance(rng, 0.35, size)) | (allowance > 0)
    banks = pick(rng, list(pack("lives")["banks"]), size, [50, 22, 18, 10])
    issuers = np.array([pack("lives")["banks"][bank] for bank in banks], dtype=object)
    columns |= {
        "medical_insurance": medical, "pension_insurance": pension,
        "pension_amount": where(drawn, np.round(amount, 2).astype(object)),
        "senior_allowance": where(allowance > 0, allowance.astype(float).astype(object)),
        "bank_name": where(holds, banks), "bank_account": where(holds, bank_cards(rng, issuers)),
    }  # fmt: skip


def standing(lives: Lives, village: Objects) -> None:
    """Party, league and army: membership, dates, branch."""
    rng, size, columns = lives.rng, lives.size, lives.columns
    member = lives.aged(22) & chance(rng, np.where(lives.age >= 45, 0.075, 0.04), size)
    fresh = member & lives.aged(22, 45) & chance(rng, 0.1, size)
    league = ~member & lives.aged(14, 28) & chance(rng, 0.45, size)
    status = np.select([fresh, member, league], ["中共预备党员", "中共党员", "共青团员"], "群众").astype(object)
    joined = lives.at_age(np.minimum(rng.integers(20, 40, size), np.maximum(lives.age - 3, 19)))
    joined = np.where(fresh, lives.today - rng.integers(30, 330, size), joined)
    full = np.minimum(joined + 366, lives.today - 1)
    veteran = lives.families.male & lives.aged(22) & chance(rng, 0.055, size)
    enlisted = lives.at_age(rng.integers(18, 21, size))
    discharged = enlisted + rng.choice([2, 2, 2, 3, 5, 8, 12], size) * 365 + rng.integers(-20, 60, size)
    veteran &= discharged < lives.today
    columns |= {
        "political_status": np.where(lives.age < 14, "群众", status),
        "party_join_date": where(member, iso_dates(joined)), "party_full_date": where(member & ~fresh, iso_dates(full)),
        "party_branch": where(member, "中共" + village + "支部委员会"),
        "party_mobile": where(member, np.where(columns["employment_status"] == "外出务工", True, False).astype(object)),
        "veteran": np.where(lives.age < 16, False, veteran).astype(object),
        "enlist_date": where(veteran, iso_dates(enlisted)), "discharge_date": where(veteran, iso_dates(discharged)),
    }  # fmt: skip


def closeness(lives: Lives) -> None:
    """What depends on the others in the household: living alone, guardians, children left behind, phones."""
    rng, size, columns, families = lives.rng, lives.size, lives.columns, lives.families
    people = np.bincount(families.household, minlength=families.n_households)
    grown = np.bincount(families.household, lives.aged(18, 59), minlength=families.n_households)
    alone = people[families.household] == 1
    numbers = phones(rng, size, pack("lives")["phone_prefixes"])
    holds = lives.aged(12) & chance(rng, np.where(lives.age >= 80, 0.6, 0.95), size)
    phone = where(holds, numbers)
    # The guardian of a child is the oldest member under 60, else the head.
    order = np.lexsort((np.where(lives.aged(20, 59), -lives.age, 999 - lives.age), families.household))
    first = np.r_[True, families.household[order][1:] != families.household[order][:-1]]
    guardian = order[first][families.household]
    away = columns["employment_status"] == "外出务工"
    parents_away = np.bincount(families.household, away & lives.aged(20, 59), minlength=families.n_households)
    child = lives.age < 16
    left = child & (parents_away[families.household] >= np.maximum(grown[families.household], 1)) & (lives.age >= 1)
    stays = np.where(away, families.head, guardian)
    guardian = np.where(left, np.where(away[families.head], stays[guardian], families.head), guardian)
    minor = lives.age < 18
    columns |= {
        "lives_alone": where(lives.aged(60), alone.astype(object)), "phone": phone,
        "left_behind": where(child & (lives.age >= 1), left.astype(object)),
        "guardian_name": where(minor, columns["name"][guardian]), "guardian_phone": where(minor, phone[guardian]),
    }  # fmt: skip


def ethnicity(lives: Lives) -> None:
    """Ethnic group, that of the head for the whole line."""
    own = pick_weighted(lives.rng, pack("lives")["ethnicities"], lives.size)
    lives.columns["ethnicity"] = np.where(lives.families.role == "S", own, own[lives.families.head])


def draw_lives(lives: Lives, village: Objects) -> None:
    """All of the above, in the order in which they depend on each other."""
    schooling(lives)
    working(lives)
    family_state(lives)
    health(lives)
    insurance(lives)
    standing(lives, village)
    closeness(lives)
    ethnicity(lives)
