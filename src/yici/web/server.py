"""Serving: gunicorn with threads, inside this process for the embedded size."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication


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
        call_command("collectstatic", verbosity=0, interactive=False)


def serve(*, home: Path, address: str, workers: int, threads: int) -> None:
    """Serve until stopped."""
    prepare(home)
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
        }
    ).run()
