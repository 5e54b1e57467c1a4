"""Making a city: `python bench/scale.py [--scales 1,10,50] [--import]` (291 communities are a million people).

Each scale runs as a process of its own. Prints people, seconds, people a second, peak MB, and growth: seconds a person
against the size before (1.0 is linear). With `--import` the register (CSV) is imported too, as `yici import` does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

MAKE = "import sys; from pathlib import Path; from yici.demo.scale import write_city;"
MAKE += "print(write_city(Path(sys.argv[1]), seed=1, scale=int(sys.argv[2])).people)"
IMPORT = "from yici.cli import main; main()"


def measured(code: str, arguments: list[str], home: Path) -> tuple[float, float, str]:
    """Seconds, peak MB of the process with its children, and the output of Python code run as a process."""
    environment = {**os.environ, "YICI_HOME": str(home)}
    start, peak = time.perf_counter(), 0.0
    command = [sys.executable, "-c", code, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                used = sum(p.memory_info().rss for p in (watched, *watched.children(recursive=True)))
            except psutil.NoSuchProcess:
                continue
            peak = max(peak, used / 2**20)
            time.sleep(0.02)
        output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"{command[-1]} failed with {process.returncode}")
    return time.perf_counter() - start, peak, output


def report(what: str, people: int, seconds: float, peak: float, before: float | None) -> float:
    """Print one line; seconds a person, for the next line's growth."""
    each = seconds / people
    growth = f"{each / before:6.2f}" if before else "     -"
    print(f"{what:8} {people:>9,} people {seconds:8.2f} s {people / seconds:>9,.0f} /s {peak:7.0f} MB  growth {growth}")
    return each


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", default="1,10,50")
    parser.add_argument("--import", dest="imports", action="store_true")
    arguments = parser.parse_args()
    made: float | None = None
    imported: float | None = None
    for scale in map(int, arguments.scales.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            seconds, peak, output = measured(MAKE, [str(out), str(scale)], out / "data")
            people = int(output.split()[-1])
            made = report("make", people, seconds, peak, made)
            if arguments.imports:
                register = next(out.glob("*.csv"))
                command = ["import", str(register), "--department", "公安局", "--as-of", "2026-06-30"]
                seconds, peak, _ = measured(IMPORT, command, out / "data")
                imported = report("import", people, seconds, peak, imported)


if __name__ == "__main__":
    main()
