"""The API under made-up requests (schemathesis): no server error, no answer that the OpenAPI document does not know.

YICI_FUZZ=200 tries that many requests an operation of each kind; the suite tries few.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from api_client import System
from collecting_office import LEGAL, blank_form
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pool_ledgers import EAST, fill_pool
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from conftest import Office
from yici.core.access.rules import can
from yici.services.accounts import grant_elements
from yici.storage import accounts
from yici.storage.references import references_of
from yici.web.api.application import api
from yici.web.api.operations import rules_by_operation
from yici.web.requests import today

EXAMPLES = int(os.environ.get("YICI_FUZZ", "2"))
WHO = ("steward", "clerk", "officer", "auditor")
CHECKS = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance, checks.response_headers_conformance, checks.negative_data_rejection,
]  # fmt: skip


def closing(app: Any) -> Any:
    """The application as a server calls it: every answer is closed."""

    def call(environ: Any, start: Any) -> list[bytes]:
        answer = app(environ, start)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    return call


@pytest.fixture
def stocked(office: Office, tmp_path: Path) -> Iterator[tuple[dict[str, System], dict[str, Any]]]:
    """An office with people, a form that is asked, and a token for each who may do something."""
    fill_pool(office.home, tmp_path)
    grant_elements(actor="甲", home=office.home, organisation="民政局", elements=["姓名"], purpose="试", today=today())
    systems = {login: System(office, login) for login in WHO}
    file = SimpleUploadedFile("走访.xlsx", blank_form(tmp_path, "血型").read_bytes())
    number = systems["officer"].send("collections", {**LEGAL, "file": file})["id"]
    systems["steward"].post(f"collections/{number}/decide", {"step": "approve"})
    sent = {"units": ["柳河镇"], "as_of": "2026-02-28", "days": 5}
    systems["officer"].post(f"collections/{number}/publish", sent)
    real = {
        "code": references_of([("person", EAST)])["person", EAST], "element": "person.phone", "number": number,
        "name": systems["steward"].get("policies", limit=1)["items"][0]["id"],
        "identity": systems["steward"].get("elements", q="民族")["items"][0]["codes"],
    }  # fmt: skip
    with override_settings(ALLOWED_HOSTS=["testserver", "localhost"], LIMITS={}):
        yield systems, real


def test_made_up_requests_get_answers_the_document_knows(stocked: Any) -> None:
    systems, real = stocked
    actors = {login: _actor(login) for login in WHO}
    rules = rules_by_operation(api)
    headers = {"Authorization": f"Bearer {systems['steward'].secret}"}
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", closing(get_wsgi_application()), headers=headers)
    wrong: list[str] = []
    operations = [one.ok() for one in schema.get_all_operations()]
    assert len(operations) == len(rules) > 35
    for operation in operations:
        action = rules[operation.definition.raw["operationId"]].action
        login = next(login for login in WHO if can(actors[login], action))
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                _tried(operation, mode, systems[login].secret, real)
            except BaseExceptionGroup as failures:
                wrong.append(f"{operation.label}: {failures.exceptions[0]}")
            except AssertionError as failure:
                wrong.append(f"{operation.label}: {failure}")
    assert not wrong, "\n\n".join(wrong)


def _tried(operation: Any, mode: GenerationMode, secret: str, real: dict[str, Any]) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode), existing=st.booleans())
    def tried(case: Any, existing: bool) -> None:
        if existing and mode is GenerationMode.POSITIVE:
            case.path_parameters = {
                name: real.get(name, value) for name, value in (case.path_parameters or {}).items()
            }  # fmt: skip
        headers = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}
        case.call_and_validate(headers=headers, checks=CHECKS)

    tried()


def _actor(login: str) -> Any:
    account = accounts.find_account(login)
    assert account is not None
    return accounts.actor_of(account, today=today())
