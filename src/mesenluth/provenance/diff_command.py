"""Subcommand: diff."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .place import Place

LAST = "last-run"


def diff_command(arguments: argparse.Namespace) -> int:
    """Explain every estimate that two releases have differently."""
    from ..cli import id_and_output
    from ..errors import VerificationError
    from ..home import project_root
    from .diff import compare
    from .diff_pages import write
    from .release import find

    root = project_root()
    study, out = id_and_output(arguments, root)
    places, names = [], []
    for name in (arguments.before, arguments.after):
        folder = None if name == LAST else find(root, study, name)
        places.append(Place.of_release(folder) if folder else Place.of_run(root, out))
        names.append(folder.name if folder else LAST)
    diff = compare(places[0], places[1])
    to = arguments.output or root / "diffs" / study / "..".join(names)
    write(diff, names[0], names[1], to)
    unexplained = [c for c in diff.estimates if not c.explained]
    moved = {m.patient for c in diff.estimates for m in c.moved if m.change != "records"}
    print(
        f"{names[0]} -> {names[1]}: {len(diff.estimates)} estimates differ, {diff.unchanged} are the same;"
        f" {len(moved)} patients moved them, {sum(map(len, diff.records.values()))} records differ,"
        f" {len(diff.definitions)} parameters, {len(diff.code)} files of code, {len(diff.libraries)} libraries"
    )
    print(f"  {to / 'changes.md'}, changes.html, estimate_changes.parquet")
    if unexplained:
        raise VerificationError(
            f"{len(unexplained)} changes are not explained by patients, records, definitions, code or libraries",
            do=f"see {to / 'changes.md'}",
        )
    return 0


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the subcommand to the command line."""
    text = "why the estimates of two releases differ"
    one = commands.add_parser("diff", parents=[common], help=text, description=diff_command.__doc__)
    one.add_argument("before", help="name or folder of a release")
    one.add_argument("after", nargs="?", default=LAST, help=f"name or folder of a release (default: {LAST})")
    one.add_argument(
        "--output", type=Path, metavar="FOLDER", help="where to write (default: diffs/<study>/<before>..<after>)"
    )
    one.set_defaults(function=diff_command)
