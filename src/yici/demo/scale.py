"""The demo community many times over, for benchmarks: streamed to Parquet, one file a community."""

from __future__ import annotations

from pathlib import Path

from yici.demo.population.community import make_community


def write_people(out: Path, *, seed: int, scale: int) -> int:
    """Write `scale` communities (3,433 people each) to a folder, one after the other; how many people."""
    count = 0
    for kind in ("people", "households", "firms"):
        (out / kind).mkdir(parents=True, exist_ok=True)
    for number in range(scale):
        community = make_community(seed, number, scale)
        community.people.write_parquet(out / "people" / f"{number:05d}.parquet")
        community.households.write_parquet(out / "households" / f"{number:05d}.parquet")
        community.firms.write_parquet(out / "firms" / f"{number:05d}.parquet")
        count += len(community.people)
    return count
