"""Subcommand: dossier."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .place import Place


def dossier_command(arguments: argparse.Namespace) -> int:
    """Write one archive for an audit of a release."""
    from ..cli import id_and_output
    from ..home import project_root
    from ..tables.io import atomic_write
    from .dossier import archive, contents
    from .release import find
    from .verify import verify

    root = project_root()
    study, _ = id_and_output(arguments, root)
    folder = find(root, study, arguments.release)
    faults = verify(folder)
    files = contents(Place.of_release(folder), folder, faults, arguments.patients)
    to = arguments.output or Path(f"dossier-{study}-{folder.name}.zip")
    atomic_write(to, archive(files))
    said = "with patient-level data" if arguments.patients else "nothing about a single patient"
    print(
        f"{to}: {len(files)} files, {said}; the release is {'intact' if not faults else 'NOT intact, see sign_off.md'}"
    )
    return 6 if faults else 0


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the subcommand to the command line."""
    text = "one archive for an audit of a release"
    one = commands.add_parser("dossier", parents=[common], help=text, description=dossier_command.__doc__)
    one.add_argument("release", help="name or folder of a release")
    one.add_argument("--output", type=Path, metavar="FILE", help="archive to write")
    one.add_argument(
        "--patients", action="store_true", help="add findings, cohort and changed records patient by patient"
    )
    one.set_defaults(function=dossier_command)
