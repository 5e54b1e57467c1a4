"""Assessment schemes as use cases: listing, finding and checking them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from yici.core.errors import NotFound, PackError, Problem
from yici.core.indicators.linting import Finding, check_scheme, check_schemes
from yici.core.indicators.model import Scheme
from yici.services.nearest import nearest_words
from yici.storage.packs import load_registry
from yici.storage.schemes import load_scheme_file, load_schemes, load_trace_words


def schemes_of() -> list[Scheme]:
    """Every scheme of the packs with all its versions, in their order. Raises PackError."""
    return load_schemes(load_registry())


def find_scheme(name: str, *, day: date, registry_schemes: Sequence[Scheme] | None = None) -> Scheme:
    """The version in force on that day of the scheme with this id or title, or of those in a file.

    Raises NotFound with the nearest names, or with the days on which there is a version.
    """
    schemes = _in_file(name) if name.endswith((".yaml", ".yml")) else list(registry_schemes or schemes_of())
    meant = [s for s in schemes if name in (s.id, s.title) or name.endswith((".yaml", ".yml"))]
    if not meant:
        raise NotFound(_unknown(name, schemes))
    found = [scheme for scheme in meant if scheme.in_force(day)]
    if not found:
        spans = "、".join(f"{scheme.since}至{scheme.until or '今'}" for scheme in meant)
        raise NotFound(Problem("scheme-not-in-force", f"“{name}”在 {day} 没有有效的版本。", f"有效期为：{spans}。"))
    return found[-1]


def lint_schemes(*, names: Sequence[str] = ()) -> list[Finding]:
    """What the linter says of schemes named by id, title or file; of all schemes when none is named.

    A file that cannot be read is a finding like any other. Raises NotFound for names that are neither.
    """
    registry, words = load_registry(), load_trace_words()
    try:
        if not names:
            return check_schemes(load_schemes(registry), registry, words)
        chosen = [scheme for name in names for scheme in _named(name)]
    except PackError as error:
        return [Finding(problem) for problem in error.problems]
    return check_schemes(chosen, registry, words)


def refusals(scheme: Scheme) -> list[Problem]:
    """What keeps a scheme from being used; empty when it may be."""
    findings = check_scheme(scheme, load_registry(), load_trace_words())
    return [finding.problem for finding in findings if not finding.warning]


def _named(name: str) -> list[Scheme]:
    if name.endswith((".yaml", ".yml")):
        return _in_file(name)
    schemes = schemes_of()
    found = [scheme for scheme in schemes if name in (scheme.id, scheme.title)]
    if not found:
        raise NotFound(_unknown(name, schemes))
    return found


def _in_file(name: str) -> list[Scheme]:
    return load_scheme_file(Path(name), load_registry())


def _unknown(name: str, schemes: Sequence[Scheme]) -> Problem:
    words = [word for scheme in schemes for word in (scheme.id, scheme.title)]
    hint = nearest_words(name, words)
    return Problem(
        "unknown_scheme", f"没有考核方案“{name}”。", f"{hint}用 yici schemes list 查看全部，或给一个 .yaml 文件。"
    )
