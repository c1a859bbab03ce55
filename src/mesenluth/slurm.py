"""What Slurm is asked: which jobs of a project are not over, and whether it can say how one ended."""

from __future__ import annotations

import getpass
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .errors import BusyError

ACTIVE = "pending,configuring,running,completing,suspended"
STATUS = "--slurm-status-command"
NO_ACCOUNTING = re.compile(r"^AccountingStorageType\s*=\s*(accounting_storage/none|\(null\))\s*$", re.MULTILINE)


def _asked(*call: str) -> str:
    return subprocess.run(call, capture_output=True, text=True, timeout=60, check=True).stdout


def on_cluster(root: Path) -> list[str]:
    """Return the jobs of this user that were submitted from a folder and are not over.

    Raises
    ------
    BusyError
        If Slurm does not answer.
    """
    try:
        said = _asked("squeue", "--noheader", f"--user={getpass.getuser()}", f"--states={ACTIVE}", "--format=%i|%Z")
    except (OSError, subprocess.SubprocessError) as error:
        raise BusyError(
            f"{root}: a run was killed, and Slurm does not say whether its jobs are over ({error})",
            do="see to it that squeue answers, or that nothing runs, and `mesenluth run -- --unlock`",
        ) from None
    listed = [line.strip().partition("|") for line in said.splitlines()]
    return [job for job, _, place in listed if Path(place).resolve() == root.resolve()]


def status_arguments(arguments: Sequence[str]) -> list[str]:
    """Return what Snakemake has to be told where Slurm keeps no accounts: to ask squeue how a job ended.

    Left to itself it would ask sacct, which then has no answer, and wait for ever.

    Parameters
    ----------
    arguments : sequence of str
        Snakemake's arguments so far; what the user says of it stands.
    """
    if any(a.startswith(STATUS) for a in arguments):
        return []
    try:
        said = _asked("scontrol", "show", "config")
    except (OSError, subprocess.SubprocessError):
        return []
    return [STATUS, "squeue"] if NO_ACCOUNTING.search(said) else []
