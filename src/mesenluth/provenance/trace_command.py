"""Subcommands: trace, why."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError
from .place import Place
from .tree import Node


def place_of(arguments: argparse.Namespace) -> Place:
    """Return the run that a command looks into: a release if one is named, else the working area."""
    from ..cli import id_and_output
    from ..home import project_root
    from .release import find

    root = project_root()
    study, out = id_and_output(arguments, root)
    if arguments.release:
        return Place.of_release(find(root, study, arguments.release))
    return Place.of_run(root, out)


def trace_command(arguments: argparse.Namespace) -> int:
    """Show what a number rests on, down to the records of the registry, or what a record touches."""
    from .trace import trace

    return show(trace(arguments.subject, place_of(arguments)), arguments)


def why_command(arguments: argparse.Namespace) -> int:
    """Show what made an artifact, and what has changed since that would make it again."""
    from ..cli import study_of
    from ..home import project_root
    from .why import why

    root = project_root()
    return show(why(arguments.artifact, place_of(arguments), study_of(arguments, root), root), arguments)


def show(node: Node, arguments: argparse.Namespace) -> int:
    """Print a tree as a command was asked to."""
    if arguments.html:
        try:
            arguments.html.write_text(node.page(), encoding="utf-8")
        except OSError as error:
            raise ConfigurationError(f"{arguments.html}: cannot be written ({error.strerror})") from None
    if arguments.json:
        print(json.dumps(node.plain(), indent=1, ensure_ascii=False))
    elif not arguments.html:
        print("\n".join(node.lines()))
    return 0


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the subcommand to the command line."""
    text = "from an estimate, a figure's row, a patient or a record to what it rests on and touches"
    one = commands.add_parser("trace", parents=[common], help=text, description=trace_command.__doc__)
    one.add_argument(
        "subject",
        help="endpoint:compartment:statistic[:column=value ...], figure:column=value, a patient id, or a record id",
    )
    _looks(one, trace_command)
    text = "what made an artifact, and why it would be made again now"
    one = commands.add_parser("why", parents=[common], help=text, description=why_command.__doc__)
    one.add_argument("artifact", help="path of an artifact, or its name where only one is called so")
    _looks(one, why_command)


def _looks(one: argparse.ArgumentParser, function: Callable[[argparse.Namespace], int]) -> None:
    one.add_argument("--release", metavar="NAME", help="look into a release (name or folder) instead of the last run")
    one.add_argument("--json", action="store_true", help="for programs")
    one.add_argument("--html", type=Path, metavar="FILE", help="write one page that needs nothing else")
    one.set_defaults(function=function)
