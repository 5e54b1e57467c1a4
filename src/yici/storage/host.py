"""Starts Django and hands out its tables. Storage modules take `models` from here, so that it has always started."""

from __future__ import annotations

import os

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yici.storage.settings")
if not apps.ready:
    django.setup()

from yici.storage import models

__all__ = ["models"]
