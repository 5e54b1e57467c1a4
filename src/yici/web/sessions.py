"""Sessions in the database, as Django keeps them, read by a statement that costs less."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from yici.storage.sessions import session_data
from yici.web.requests import now


class SessionStore(DatabaseStore):
    """Django's store; only reading is our own. Its name is the one Django looks for."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing when it has ended or never was, and then it gets another number."""
        data = session_data(self.session_key, at=now()) if self.session_key else None
        if data is None:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(data)
        return held
