"""The WSGI application for gunicorn. It starts only when every route has a rule of access."""

from __future__ import annotations

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "yici.web.settings"

from django.core.wsgi import get_wsgi_application

from yici.web.routes import refuse_routes_without_rule

application = get_wsgi_application()
refuse_routes_without_rule()
