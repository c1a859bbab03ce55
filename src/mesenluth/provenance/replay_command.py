"""Subcommand: replay."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def replay_command(arguments: argparse.Namespace) -> int:
    """Make a release again from its own code, study file and cut, and compare byte for byte."""
    from ..cli import id_and_output
    from ..home import project_root
    from .commands import refuse
    from .release import find
    from .replay import replay
    from .verify import verify

    root = project_root()
    folder = find(root, id_and_output(arguments, root)[0], arguments.release)
    # Its code is run: only what was released is.
    refuse(folder, verify(folder, chain=False))
    number = replay(folder, arguments.into.resolve(), ["--cores", str(arguments.cores or "all")])
    print(f"{folder.name}: made again in {arguments.into}, {number} artifacts are the same byte for byte")
    return 0


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the subcommand to the command line."""
    text = "make a release again and compare byte for byte"
    one = commands.add_parser("replay", parents=[common], help=text, description=replay_command.__doc__)
    one.add_argument("release", help="name or folder of a release")
    one.add_argument("--into", type=Path, required=True, metavar="FOLDER", help="new folder to work in")
    one.add_argument("--cores", type=int, help="default: all")
    one.set_defaults(function=replay_command)
