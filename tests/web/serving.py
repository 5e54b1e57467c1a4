"""Real `yici serve` and `yici worker` processes for tests, and a signed-in browser of the plainest kind."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from yici.storage import accounts

START = "import sys; from yici.cli import main; sys.argv = ['yici', *sys.argv[1:]]; main()"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Process:
    """A command of ours in a process group of its own, so that all of it can be killed."""

    def __init__(self, home: Path, url: str, *arguments: str) -> None:
        environment = {**os.environ, "YICI_HOME": str(home), "DATABASE_URL": url}
        environment["DJANGO_SETTINGS_MODULE"] = "yici.web.settings"
        # One account sends here what a hundred do; the limits have tests of their own.
        environment["YICI_LIMITS"] = "answers=off"
        if not url:
            environment.pop("DATABASE_URL")
        self.running = subprocess.Popen(
            [sys.executable, "-c", START, *arguments], env=environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def kill(self) -> None:
        os.killpg(self.running.pid, signal.SIGKILL)
        self.running.communicate()

    def stop(self) -> int:
        self.running.terminate()
        self.running.communicate(timeout=60)
        return self.running.returncode


class Web(Process):
    """A web server that listens when it is made."""

    def __init__(self, home: Path, url: str) -> None:
        self.port = free_port()
        super().__init__(home, url, "serve", "--no-worker", "--bind", f"127.0.0.1:{self.port}")
        assert self.running.stderr is not None
        said = ""
        for line in self.running.stderr:
            said += line
            if "Booting worker" in line:
                return
        raise AssertionError(said)


def session_of(login: str) -> str:
    """A session of the account, as after signing in."""
    account = accounts.find_account(login)
    assert account is not None
    moment = timezone.now().timestamp()
    session = SessionStore()
    session.update({"account": account.pk, "epoch": account.session_epoch, "since": moment, "seen": moment,
                    "must_change": False})  # fmt: skip
    session.create()
    return str(session.session_key)


class Browser:
    """Asks one server with one session."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.cookies = port, {"yici": session, "yici-csrf": "a" * 32}

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str, str]:
        """(status, text, location)."""
        con = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers |= {"Content-Type": kind, "X-CSRFToken": self.cookies["yici-csrf"]}
        try:
            con.request(method, path, body or None, headers)
            answer = con.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace"), answer.getheader("Location") or ""
        finally:
            con.close()

    def get(self, path: str) -> str:
        status, text, _ = self.ask("GET", path)
        assert status == 200, (status, text[:500])
        return text

    def post(self, path: str, **fields: str) -> tuple[int, str, str]:
        return self.ask("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> str:
        """Where the answer leads."""
        parts = [
            f'--zz\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()
        ]
        head = f'--zz\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = "".join([*parts, head]).encode() + content + b"\r\n--zz--\r\n"
        status, text, location = self.ask("POST", path, body, "multipart/form-data; boundary=zz")
        assert status == 302, (status, text[:500])
        return location

    def find(self, words: str) -> str:
        """The code of the one person found by words; "" when nobody is."""
        _, text, _ = self.post("/pool", words=words)
        found = re.findall(r'href="/pool/([0-9a-f]{32})"', text)
        return found[0] if found else ""
