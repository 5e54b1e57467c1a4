"""Django settings of the kernel: one app, one database in the data folder. The web layer adds its own."""

from __future__ import annotations

import os
from pathlib import Path

from yici.storage.engines import database_settings, database_url

HOME = Path(os.environ.get("YICI_HOME", "yici-data"))

DATABASES = {"default": database_settings(HOME, database_url(HOME))}
INSTALLED_APPS = ["yici.storage.apps.StorageConfig", "django_tasks", "django_tasks_db"]
# Background work waits in the same database, so that a change and the work it asks for are one transaction.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
AUTH_USER_MODEL = "storage.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = False
LOGGING_CONFIG = None
