"""Placeholder replaced below."""
from pathlib import Path
from yici.core.fillplan import WorkbookFill
class PreparedDocument:
    """x"""
    def __init__(self, source: Path) -> None: ...
    def write(self, fill: WorkbookFill, out: Path) -> None: ...
