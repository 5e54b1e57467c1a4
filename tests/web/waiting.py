"""Waiting for what a page's own scripts do."""

from __future__ import annotations

from typing import Any

_TRIES, _PAUSE = 300, 50


def wait_until(page: Any, condition: str) -> None:
    """Wait until an expression holds in the page. Playwright's own `wait_for_function` evaluates text within the page,
    which the content security policy forbids as soon as it does not hold at once."""
    for _ in range(_TRIES):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(_PAUSE)
    raise AssertionError(f"did not come to hold: {condition}")
