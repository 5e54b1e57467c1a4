"""Files as answers."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

from django.http import HttpResponse

TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".zip": "application/zip",
}


def attachment(content: bytes, name: str) -> HttpResponse:
    """A file to save under a name, never to be shown within the site."""
    kind = TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
