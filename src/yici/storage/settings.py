"""Django settings of the kernel: one app, one database in the data folder. The web layer adds its own."""

from __future__ import annotations

import os
from pathlib import Path

HOME = Path(os.environ.get("YICI_HOME", "yici-data"))

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(HOME / "db.sqlite3"),
        "OPTIONS": {
            # Writers queue at the start of their transaction, so that none fails half way with "database is locked".
            "transaction_mode": "IMMEDIATE",
            "timeout": 60,
            # WAL with NORMAL: what was committed survives a killed process; readers never wait for a writer.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
}
INSTALLED_APPS = ["yici.storage.apps.StorageConfig"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = False
LOGGING_CONFIG = None
