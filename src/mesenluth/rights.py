"""Who may read what is written: its owner and the owner's group, nobody else."""

from __future__ import annotations

import os

OTHERS = 0o007


def keep_private() -> None:
    """Take from others every right to files that are written from now on, by this process and those it starts."""
    os.umask(os.umask(OTHERS) | OTHERS)
