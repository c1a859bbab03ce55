"""`mesenluth prune`."""

from __future__ import annotations

import argparse
from typing import Any

from ..errors import ConfigurationError


def command(arguments: argparse.Namespace) -> int:
    """Remove old registered cuts; releases, which hold their own copy, are left alone."""
    from ..cli import study_of
    from ..home import project_root
    from ..lock import held
    from .prune import remove, retention

    if arguments.keep < 1:
        raise ConfigurationError(f"--keep {arguments.keep}", "1 or more")
    root = project_root()
    study = study_of(arguments, root)
    with held(root, submits=False):
        found = retention(study, root, arguments.keep)
        for name, why in found.kept.items():
            print(f"keep    {name}: {why}")
        for name in found.removed:
            print(f"remove  {name}")
        if not arguments.dry_run:
            remove(found, root)
    verb = "would be" if arguments.dry_run else "were"
    print(f"{len(found.files)} files, {found.bytes / 1e6:.1f} MB, {verb} removed")
    return 0


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the subcommand to the command line."""
    text = "remove old registered cuts"
    one = commands.add_parser("prune", parents=[common], help=text, description=command.__doc__)
    one.add_argument("--keep", type=int, required=True, metavar="N", help="how many of the newest cuts stay")
    one.add_argument("--dry-run", action="store_true", help="say what would be removed, and remove nothing")
    one.set_defaults(function=command)
