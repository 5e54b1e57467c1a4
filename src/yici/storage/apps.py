"""The one Django app that holds tables."""

from __future__ import annotations

from django.apps import AppConfig


class StorageConfig(AppConfig):
    """The app `storage`."""

    name = "yici.storage"
    label = "storage"
