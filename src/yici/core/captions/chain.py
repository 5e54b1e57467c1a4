"""What the labels of a line say together, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from yici.core.captions.lexicon import Lexicon
from yici.core.captions.model import AGE, Condition, Doubts, Figured, Reading, code_condition, excludes
from yici.core.elements import Kind

NAMES = {"person": "人", "household": "户", "enterprise": "企业"}
# Facts that everybody has: a title that names one says nothing of whom the form is about.
UNIVERSAL = frozenset(
    {
        "person.sex",
        AGE,
        "person.ethnicity",
        "person.education",
        "person.marital_status",
        "person.residence_type",
        "person.birth_date",
    }
)


@dataclass(slots=True)
class Chain:
    """What the labels of one line, or of a row and a column together, say so far."""

    conditions: list[Condition] = field(default_factory=list)
    soft: list[Condition] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    measure: str = ""
    average: str = ""
    every: str = ""
    named: bool = False
    homely: bool = True
    firms: bool = False
    counts: bool = False
    grouped: bool = False
    loosely: bool = False
    of_members: bool = False
    whole: bool = False
    newly: str = ""
    decimals: int | None = None
    regions: list[tuple[str, ...] | None] = field(default_factory=list)
    doubts: Doubts = field(default_factory=Doubts)

    def copy(self) -> Chain:
        """A chain that can go on by itself."""
        return replace(
            self, conditions=list(self.conditions), soft=list(self.soft), heads=list(self.heads),
            subjects=list(self.subjects), units=list(self.units), regions=list(self.regions),
            doubts=Doubts(list(self.doubts.reasons), self.doubts.word),
        )  # fmt: skip

    def follow(self, other: Chain) -> Chain:
        """This chain with another's after it: the column's after the row's."""
        joined = self.copy()
        joined.conditions += other.conditions
        joined.soft += other.soft
        joined.heads += other.heads
        joined.subjects += other.subjects
        joined.units += other.units
        if self.measure and other.measure and self.measure != other.measure:
            joined.doubts.add("行和列各有一个数值项")
        joined.adopt(other)
        joined.every = self.every or other.every
        joined.named = self.named or other.named
        joined.homely = self.homely and other.homely
        joined.grouped = self.grouped or other.grouped
        joined.of_members = self.of_members or other.of_members
        joined.regions += other.regions
        for reason in other.doubts.reasons:
            joined.doubts.add(reason, other.doubts.word)
        return joined

    def adopt(self, later: Chain | Reading) -> None:
        """What is measured and how, as what comes later says it; else as it was."""
        self.measure = later.measure or self.measure
        self.average = later.average or self.average
        self.newly = later.newly or self.newly
        self.firms = self.firms or later.firms
        self.counts = self.counts or later.counts
        self.loosely = self.loosely or later.loosely
        self.decimals = self.decimals if later.decimals is None else later.decimals


def take(chain: Chain, reading: Reading, *, soft: bool = False) -> None:
    """Add what a label says to a chain. `soft` for headings that name a topic: theirs give way to the label's own."""
    (chain.soft if soft else chain.conditions).extend(reading.conditions)
    if reading.conditions and not soft:
        chain.named = chain.named or reading.named
        homes = [c for c in reading.conditions if c.subject == "household"]
        chain.homely = chain.homely and (reading.homely or not homes)
    chain.heads += [reading.head] if reading.head else []
    chain.subjects += [reading.subject] if reading.subject else []
    chain.units += [reading.unit] if reading.unit else []
    chain.adopt(reading)
    chain.every = reading.every or chain.every
    chain.grouped = chain.grouped or reading.group
    # 残疾人户 is a household with such a member; 残疾人 beside a column 户数 need not be.
    chain.of_members = chain.of_members or (
        reading.head == "household"
        and any(c.subject == "person" and c.element not in UNIVERSAL for c in reading.conditions)
    )
    if reading.head == "household" and any(c.subject == "person" and excludes(c) for c in reading.conditions):
        # 无党员户 is a household without one, not a household with somebody who is none.
        chain.doubts.add("“没有这样的人”的户怎么算说不清", reading.text)
    for reason in reading.doubts:
        chain.doubts.add(reason, reading.word)


def figured(text: str, chain: Chain, units: tuple[str, ...] | None, *, unit: str = "", measure: str = "") -> Figured:
    """A figure with what its labels leave in doubt."""
    return Figured(
        text, units, unit, chain.decimals, measure, False, tuple(chain.doubts.reasons), (), chain.doubts.word
    )


def own_flag(element: str, lexicon: Lexicon) -> Condition | None:
    """An amount somebody gets as a 低保户 counts only while he is one: household.dibao_amount needs household.dibao."""
    owner = element.rpartition("_")[0]
    flag = lexicon.registry.elements.get(owner)
    if flag is None or flag.kind is not Kind.BOOL:
        return None
    return code_condition(flag, ["是"], ("是", "否"))
