"""Django settings of the web: those of the kernel, with sessions, templates, static files and the security switches.

`YICI_HOME` names the data folder, `DATABASE_URL` a PostgreSQL server, `YICI_HTTPS=1` says that a proxy in front serves
HTTPS (cookies are then for HTTPS only), `YICI_HOSTS` the host names it serves, `YICI_DEMO=1` shows the demo's sign-ins,
`YICI_CONTACT` whom the help page says to call.
"""

from __future__ import annotations

import os
from pathlib import Path

from yici.storage import settings as kernel
from yici.web.limit_table import limits_of, proxies, upload_most
from yici.web.oidc_settings import provider_of
from yici.web.secret import secret_key

HERE = Path(__file__).parent
HTTPS = os.environ.get("YICI_HTTPS") == "1"
DEMO = os.environ.get("YICI_DEMO") == "1"
# Whom the help page says to call: a name and a telephone number.
CONTACT = os.environ.get("YICI_CONTACT", "").strip()[:200]

HOME = kernel.HOME
DATABASES = kernel.DATABASES
AUTH_USER_MODEL = kernel.AUTH_USER_MODEL
PASSWORD_HASHERS = kernel.PASSWORD_HASHERS
DEFAULT_AUTO_FIELD = kernel.DEFAULT_AUTO_FIELD
TASKS = kernel.TASKS
USE_TZ, TIME_ZONE = kernel.USE_TZ, kernel.TIME_ZONE

SECRET_KEY = secret_key(HOME)
DEBUG = False
ALLOWED_HOSTS = [*filter(None, os.environ.get("YICI_HOSTS", "").split(",")), "localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "yici.web.urls"
WSGI_APPLICATION = "yici.web.wsgi.application"
APPEND_SLASH = False

INSTALLED_APPS = [
    *kernel.INSTALLED_APPS,
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "yici.web.apps.WebConfig",
]
MIDDLEWARE = [
    "yici.web.middleware.headers.Headers",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "yici.web.middleware.language.Language",
    "yici.web.middleware.body.BodyLimit",
    "yici.web.middleware.csrf.Csrf",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yici.web.middleware.actor.Actors",
    "yici.web.middleware.gate.Gate",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "yici.web.layout.layout",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "yici.web.templatetags.yici"],
            "string_if_invalid": "",
        },
    }
]

USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [HERE / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "web-static"
STATICFILES_DIRS = [HERE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_ENGINE = "yici.web.sessions"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_COOKIE_NAME = "__Host-yici" if HTTPS else "yici"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-yici-csrf" if HTTPS else "yici-csrf"
CSRF_FAILURE_VIEW = "yici.web.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS and not host.startswith("[")]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# The rate limits (web/limit_table.py): YICI_LIMITS changes them, YICI_PROXIES says how many proxies stand in front.
LIMITS = limits_of(os.environ.get("YICI_LIMITS", ""))
PROXIES = proxies(HTTPS)
OIDC = provider_of(os.environ)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Uploads are parsed in a guarded child; this is what the web itself takes in.
UPLOAD_MOST = upload_most(os.environ.get("YICI_UPLOAD_MB", ""))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
LOGGING_CONFIG = "logging.config.dictConfig"
