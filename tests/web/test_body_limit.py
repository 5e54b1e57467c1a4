"""What is sent is refused by its size, unread; files taken away are limited; a record out of reach is blank."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from access_office import acting
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from pool_ledgers import EAST, fill_pool

from conftest import Office
from yici.services.disputes import disputes_for, raise_dispute
from yici.storage.references import references_of
from yici.web.limit_table import DEFAULTS, Limit, upload_most


class Unread:
    """A body nobody may read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("read")

    readline = read


def told(answer: Any) -> str:
    """The first problem, or the whole page."""
    if answer["Content-Type"] == "application/json":
        return str(answer.json()["problems"][0]["message"])
    return str(answer.content.decode())


@pytest.mark.parametrize("path", ["/imports", "/signin", "/api/imports"])
def test_too_large_a_body_is_refused_unread(office: Office, path: str) -> None:
    given = {"wsgi.input": Unread(), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    client = office.as_("clerk")
    answer = client.generic("POST", path, **given | {"CONTENT_LENGTH": str((64 << 20) + 1)})
    assert answer.status_code == 413
    assert "上传的内容超过 64 MB，没有接收" in told(answer)
    assert (answer["Content-Type"] == "application/json") is path.startswith("/api/")
    pieces = client.generic("POST", path, **given | {"HTTP_TRANSFER_ENCODING": "chunked"})
    assert (pieces.status_code, "没有写明内容的大小" in told(pieces)) == (411, True)
    with override_settings(UPLOAD_MOST=10):
        assert client.post("/signin", {"login": "somebody", "password": "something"}).status_code == 413


def test_the_size_is_set_in_megabytes() -> None:
    assert (upload_most(""), upload_most("100")) == (64 << 20, 100 << 20)
    with pytest.raises(ImproperlyConfigured):
        upload_most("viel")


def test_taking_files_too_often_is_told(office: Office) -> None:
    steward = office.as_("steward")
    with override_settings(LIMITS={**DEFAULTS, "downloads": Limit(2, 100, 600)}):
        assert [steward.get("/burden/file").status_code for _ in range(3)] == [200, 200, 429]
        assert steward.get("/burden").status_code == 200


def test_a_doubt_does_not_show_a_record_out_of_reach(office: Office, tmp_path: Path) -> None:
    fill_pool(office.home, tmp_path)
    code, today, clerk = references_of([("person", EAST)])["person", EAST], date(2026, 11, 25), acting("clerk")
    raise_dispute(actor=clerk, home=office.home, code=code, element="person.phone", doubt="不对", today=today)
    (shown,) = disputes_for(actor=clerk, home=office.home, today=today)
    assert (shown.name, shown.value) == ("单桂兰", "13900000009")
    moved = replace(clerk, units=frozenset({"柳西村"}))
    (later,) = disputes_for(actor=moved, home=office.home, today=today)
    assert (later.name, later.value, later.row.doubt) == ("", "", "不对")
