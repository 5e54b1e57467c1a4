"""What all tests share: the storage and service tests run on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import override_settings

from postgres_cluster import Cluster
from yici.engine.spark import spark_missing

# The web's settings hold all of the kernel's, and a process has only one Django.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yici.web.settings")
os.environ.setdefault("YICI_SECRET_KEY", "for the tests only")
# As many test processes run as there are cores, and their pools are small: handing a query to more than one costs more.
os.environ.setdefault("YICI_ENGINE_THREADS", "1")

HERE = Path(__file__).parent
# Every test in these folders, and in these files, runs once on each database.
ON_BOTH = ("storage", "services", "engine")
DATABASES = ("sqlite", "postgresql")
# Nothing in these files opens a data folder's database.
WITHOUT = (
    "test_packs.py", "test_divisions.py", "test_elements_docs.py", "test_figures.py", "test_policies.py",
    "test_cores.py", "test_shipped_policies.py", "test_nearest.py", "test_slot_kinds.py",
    "test_members.py", "test_kept_answers.py",
)  # fmt: skip


# The longest come first, so that no process is left alone with one of them at the end.
LONG = (
    "test_access_matrix.py", "test_accessibility.py", "test_conformance_spark.py", "test_projection_laws.py",
    "test_expression_laws.py", "test_run.py", "test_several_processes.py", "test_policies.py", "test_crash_work.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


def pytest_collection_finish() -> None:
    """What is there before the first test stays: looking through it for garbage again and again takes long."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_unconfigure() -> None:
    """At the end everything is given back, else DuckDB's binding tells of what was left."""
    gc.unfreeze()
    gc.collect()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    path = Path(metafunc.module.__file__ or "").relative_to(HERE)
    if path.parts[0] in ON_BOTH and path.name not in WITHOUT:
        metafunc.parametrize("database", DATABASES, indirect=True, scope="module")


@pytest.fixture(scope="session", autouse=True)
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Migrations run once for SQLite; every later data folder gets a copy of that file."""
    import yici.storage.database as database

    template = tmp_path_factory.mktemp("template") / "db.sqlite3"
    migrate = database.call_command

    def call(name: str, *given: Any, **more: Any) -> None:
        settings = database.connections["default"].settings_dict
        file = Path(str(settings["NAME"]))
        # Connecting has written the file's first page already: what tells a new one is that it has no tables.
        if (
            name != "migrate"
            or given
            or "sqlite3" not in settings["ENGINE"]
            or database.connection.introspection.table_names()
        ):
            migrate(name, *given, **more)
            return
        database.connections["default"].close()
        if template.exists():
            shutil.copyfile(template, file)
            return
        migrate(name, **more)
        database.connections["default"].close()
        shutil.copyfile(file, template)

    database.call_command = call
    yield
    database.call_command = migrate


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashing is slow on purpose, and hundreds of accounts are made here; test_passwords.py looks at the real one."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    running = Cluster()
    yield running
    running.stop()


@pytest.fixture(scope="module", autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Which database the data folders of a test use; a fixture of a whole module that fills one must ask for it."""
    which = getattr(request, "param", "sqlite")
    if which == "sqlite":
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("DATABASE_URL", raising=False)
            yield which
        return
    running: Cluster = request.getfixturevalue("cluster")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("yici.storage.engines.database_url", running.url_of)
        yield which
    from django.db import connections

    connections["default"].close()
    running.forget()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says which half of the conformance suite this machine could not run."""
    if missing := spark_missing():
        terminalreporter.write_line(f"The Spark half of the conformance suite was not run: {missing}.")
