"""A department's own system: talks to the API by a token, with no cookies."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, Office
from yici.services.proofs import Proof
from yici.services.tokens import make_token
from yici.storage import models


def own_proof(login: str) -> Proof:
    """What an account's owner, who has a password of his own by now, types to make a token."""
    models.Account.objects.filter(login=login).update(must_change=False)
    return Proof(PASSWORD, "", "", timezone.now())


class System:
    """Calls of one account's token."""

    def __init__(self, office: Office, login: str) -> None:
        made = make_token(home=office.home, login=login, proof=own_proof(login), words="试验", days=30)
        self.number, self.secret = made.id, made.secret
        self.client = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {made.secret}"})

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        return self._read(self.client.get(f"/api/{path}", query), status)

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        return self._read(self.client.post(f"/api/{path}", body or {}, "application/json"), status)

    def put(self, path: str, body: Any, status: int = 200) -> Any:
        return self._read(self.client.put(f"/api/{path}", body, "application/json"), status)

    def send(self, path: str, fields: dict[str, Any], status: int = 200) -> Any:
        """A form with files."""
        return self._read(self.client.post(f"/api/{path}", fields), status)

    def file(self, path: str, body: Any = None) -> bytes:
        """A file."""
        call = self.client.get if body is None else self.client.post
        more = [] if body is None else [body, "application/json"]
        answer = call(f"/api/{path}", *more)
        assert answer.status_code == 200, answer.content.decode()
        return answer.getvalue()

    @staticmethod
    def _read(answer: Any, status: int) -> Any:
        assert answer.status_code == status, answer.content.decode()
        found = answer.json()
        if status >= 400:
            assert found["problems"][0]["code"] and found["problems"][0]["message"]
        return found
