"""The command line `yici`. Each group of commands is a module of its own, loaded only when one of its commands runs."""

from __future__ import annotations

import importlib
import sys

import click

from yici.cli.wording import speak_chinese
from yici.core.errors import YiciError

# Where each command lives: name → (module, function). A command costs only the imports it needs.
COMMANDS: dict[str, tuple[str, str]] = {
    "elements": ("yici.cli.elements", "elements"),
    "units": ("yici.cli.pool", "units"),
    "batches": ("yici.cli.pool", "batches"),
    "covers": ("yici.cli.pool", "covers"),
    "withdraw": ("yici.cli.pool", "withdraw"),
    "conflicts": ("yici.cli.pool", "conflicts"),
    "show": ("yici.cli.pool", "show"),
    "edit": ("yici.cli.pool", "edit"),
    "judge": ("yici.cli.pool", "judge"),
    "import": ("yici.cli.ledgers", "import_"),
    "recognise": ("yici.cli.forms", "recognise"),
    "fill": ("yici.cli.forms", "fill"),
    "recount": ("yici.cli.numbers", "recount"),
    "who": ("yici.cli.numbers", "who"),
    "bind": ("yici.cli.forms", "bind"),
    "serve": ("yici.web.command", "serve"),
    "worker": ("yici.cli.jobs", "worker"),
    "ask": ("yici.cli.ask", "ask_"),
    "explain": ("yici.cli.explaining", "explain_"),
    "users": ("yici.cli.users", "users"),
    "backup": ("yici.cli.upkeep", "backup"),
    "restore": ("yici.cli.upkeep", "restore"),
    "doctor": ("yici.cli.upkeep", "doctor"),
    "audit": ("yici.cli.upkeep", "audit"),
    "burden": ("yici.cli.burden", "burden"),
    "schemes": ("yici.cli.schemes", "schemes"),
    "score": ("yici.cli.scores", "score_"),
    "rescore": ("yici.cli.scores", "rescore_"),
    "scores": ("yici.cli.scores", "scores"),
    "object": ("yici.cli.scores", "object_"),
    "answer": ("yici.cli.scores", "answer"),
    "adjust": ("yici.cli.scores", "adjust_"),
    "policies": ("yici.cli.policies", "policies"),
    "match": ("yici.cli.matching", "match"),
    "demo": ("yici.cli.demo", "demo"),
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, function = COMMANDS[name]
        command: click.Command = getattr(importlib.import_module(module), function)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="yici")
def cli() -> None:
    """Yici 一次：一次采集，处处可用。The data folder is named by YICI_HOME (default ./yici-data)."""


def main() -> None:
    """Run the command line; problems are printed one a line on stderr and end with exit code 1."""
    speak_chinese()
    try:
        cli()
    except YiciError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        sys.exit(1)
