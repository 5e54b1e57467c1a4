"""Django settings of the kernel: one app, one database in the data folder. The web layer adds its own."""

from __future__ import annotations

import os
from pathlib import Path

from yici.storage.engines import database_settings, database_url

HOME = Path(os.environ.get("YICI_HOME", "yici-data"))

DATABASES = {"default": database_settings(HOME, database_url(HOME))}
INSTALLED_APPS = ["yici.storage.apps.StorageConfig"]
AUTH_USER_MODEL = "storage.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = False
LOGGING_CONFIG = None
