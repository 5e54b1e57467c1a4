"""Serving: gunicorn with threads; for the embedded size with the background worker in the same process tree."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

_WORKER = "import sys; from yici.cli import main; sys.argv = ['yici', 'worker', '--parent', sys.argv[1]]; main()"
# A worker that ends by itself is started again after this many seconds; so is one that keeps failing.
_PAUSE = 2.0
# A thread that works out golden records must not keep short requests waiting for the interpreter (Python: 0.005).
_SWITCH = 0.001


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our application and options."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Take over the options."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The WSGI application, loaded in each worker."""
        from yici.web.wsgi import application

        return application


class BackgroundWorker:
    """The `yici worker` that belongs to this server: started again when it dies, stopped with the server."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True, name="background-worker")

    def start(self, _server: object = None) -> None:
        """Start it."""
        self._thread.start()

    def stop(self, _server: object = None) -> None:
        """Let it give its job back, and wait for it."""
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._process = subprocess.Popen([sys.executable, "-c", _WORKER, str(os.getpid())])  # noqa: S603 - our own
            self._process.wait()
            self._stopping.wait(_PAUSE)


def prepare(home: Path) -> None:
    """Bring the tables up to date and collect the static files."""
    os.environ["YICI_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "yici.web.settings"
    import django
    from django.core.management import call_command

    from yici.storage.database import locked, open_database

    django.setup()
    open_database(home)
    with locked(home / "web.lock"):
        call_command("migrate", verbosity=0, interactive=False)
        collect_static(home)


def collect_static(home: Path) -> None:
    """Collect the static files, unless these very ones lie there: collecting takes files away and writes them anew,
    and a server of the same folder that starts at that moment would find them missing. Hold the lock of the web."""
    from django.conf import settings
    from django.core.management import call_command

    stamp, digest = home / "web-static.sha256", _static_digest()
    collected = (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file()
    if collected and stamp.is_file() and stamp.read_text("ascii") == digest:
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(digest, "ascii")


def _static_digest() -> str:
    """What the static files of the program hold, their names included."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: str(found[0])):
            content = Path(storage.path(name)).read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def warm(home: Path) -> None:
    """Make a web process ready before its first request: what every request needs is read."""
    from yici.services.pool import open_pool
    from yici.storage.database import leave_database

    sys.setswitchinterval(_SWITCH)
    open_pool(home)
    # The requests are for other threads, each with a connection of its own.
    leave_database()


def serve(*, home: Path, address: str, workers: int, threads: int, with_worker: bool) -> None:
    """Serve until stopped; with a background worker unless others do that work."""
    prepare(home)
    background = BackgroundWorker()
    hooks = {"when_ready": background.start, "on_exit": background.stop} if with_worker else {}
    Server(
        {
            "bind": address,
            "workers": workers,
            "worker_class": "gthread",
            "threads": threads,
            "proc_name": "yici",
            "accesslog": None,
            "preload_app": False,
            "timeout": 120,
            "graceful_timeout": 30,
            "keepalive": 5,
            "control_socket_disable": True,
            "post_worker_init": lambda _worker: warm(home),
            **hooks,
        }
    ).run()
