"""Writes docs/policies-shipped.md from the policies of the shipped packs: `python scripts/policies_shipped.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from yici.core.elements import Registry
from yici.core.policies.model import Policy
from yici.storage.packs import load_registry, shipped_packs
from yici.storage.policies import load_policies

PAGE = Path(__file__).parents[1] / "docs" / "policies-shipped.md"

_HEAD = """\
# Shipped policies

Written by `scripts/policies_shipped.py` from the packs; a test fails when it is out of date. How a policy is written:
[policies](policies.md).

**example** marks figures that are local, or not certain: laws and document numbers are real, the amounts stand for what
an office fills in. What could not be checked against its source says 未核实 and what. The others rest on texts and
quotations read in November 2026. None of it is legal advice: before use, an office compares each policy with the text
in force and puts its own file of the same id into its data folder.
"""


def page() -> str:
    """The whole page."""
    registry = load_registry(())
    policies = load_policies(registry, shipped_packs())
    ids = {policy.id for policy in policies}
    cases = sum(len(policy.cases) for policy in policies)
    examples = sum(policy.example for policy in policies)
    counted = f"{len(ids)} policies in {len(policies)} documents, {examples} of them examples, with {cases} cases.\n"
    parts = [_HEAD, counted]
    for subject in dict.fromkeys(policy.subject for policy in policies):
        parts.append("\n".join(_table(registry, subject, [p for p in policies if p.subject == subject])))
    return "\n".join(parts) + "\n"


def _table(registry: Registry, subject: str, policies: Iterable[Policy]) -> Iterator[str]:
    yield f"## {registry.subjects[subject].name}\n"
    yield "| Policy | Mode | In force | Source | Date | Example | Note |"
    yield "|---|---|---|---|---|---|---|"
    for policy in policies:
        source = policy.source
        cells = (
            f"{policy.title} `{policy.id}`",
            policy.mode,
            f"{policy.since} – {policy.until or ''}".rstrip(" –") if policy.until else f"{policy.since} –",
            source.title if source else "、".join(policy.basis),
            str(source.date or "") if source else "",
            "example" if policy.example else "",
            source.note if source else "",
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
