"""Background work: the states a job goes through, and when something is large enough to be one.

What takes about a second runs at once, in the request. Sizes decide, never the clock: the same click does the same
thing on a fast machine and on a slow one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class JobState(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


STATE_NAMES: Mapping[JobState, str] = {
    JobState.WAITING: "排队中",
    JobState.RUNNING: "进行中",
    JobState.DONE: "已完成",
    JobState.FAILED: "没有完成",
    JobState.CANCELLED: "已取消",
}
ACTIVE = frozenset({JobState.WAITING, JobState.RUNNING})
FINISHED = frozenset(JobState) - ACTIVE

# A worker shows this often that it lives. When it has not for a while, its jobs are given to another.
BEAT = timedelta(seconds=5)
LEASE = timedelta(seconds=30)
# A job whose worker died this often is not tried again: it may be what kills them.
MOST_ATTEMPTS = 3
# Files made by jobs, and the list of jobs, are kept this long.
KEPT = timedelta(days=7)

# From here on something is done in the background. Measured on two cores with other work beside: a ledger of 170 kB
# (2,700 rows) is read in 0.85 s, one of 50 kB read and marked in 0.85 s; a form takes 0.1 s and 10,000 cells a second.
LARGE_LEDGER_BYTES = 150_000
LARGE_MARKED_BYTES = 50_000
# Whoever looks at the pool first after an import waits until it is up to date again: 1 s for 18 new rows among 27,000,
# 2.5 s for 700; as long when a batch is withdrawn. So what comes into a pool of more rows than this, and what is taken
# out of it, is work of a job, which sees to that.
LARGE_POOL_ROWS = 10_000
LARGE_FORM_CELLS = 8_000
LARGE_FORM_FILES = 5
# A received form (来表即填) is recognised and tried in 0.085 s, twenty in 1.7 s; one of 30 kB (1,000 framed rows) in
# 0.65 s, of 120 kB in 3.8 s: a workbook is packed, and every framed cell may be one to fill.
LARGE_RECEIVED_BYTES = 30_000
LARGE_CARDS = 200
LARGE_ROSTER_ROWS = 10_000
# A line of the audit is read and hashed in less than 0.1 ms.
LARGE_AUDIT_LINES = 10_000
LARGE_MATCH_PEOPLE = 50_000
# Assessment measures and scores 6,000 firms by 6 indicators in 3 s: 0.1 ms a value. A figure looks at so many rows in
# that time.
LARGE_SCORED_VALUES = 4_000
LOOKS_A_VALUE = 100
# A form on trial takes 15 µs a cell, 30 on cards; one of its numbers, asked for one village, as much as so many cells:
# 2 to 8 ms, by how much its caption says.
LARGE_TRIAL_CELLS = 20_000
CELLS_A_NUMBER = 250


def percent(done: int, total: int) -> int:
    """How far a job is, 0 to 100; 0 while nobody knows how much there is."""
    return min(100, done * 100 // total) if total > 0 else 0
