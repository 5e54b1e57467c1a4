"""The web as a Django app. It has no tables."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The app `web`."""

    name = "yici.web"
    label = "web"
