"""One run at a time in a project: the lock of a run that is dead is freed, that of one that lives never."""

from __future__ import annotations

import datetime
import fcntl
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import BusyError
from .slurm import on_cluster

OWN = Path(".snakemake") / "mesenluth.lock"
LOCKS = Path(".snakemake") / "locks"


@contextmanager
def held(root: Path, submits: bool, unlock: bool = False) -> Iterator[int]:
    """Hold a project; free what a dead run left behind.

    The kernel keeps the lock for as long as this process or a Snakemake that it started lives, and no longer.

    Parameters
    ----------
    root : path
        The project.
    submits : bool
        Whether the run gives its jobs to a cluster, where they outlive it.
    unlock : bool
        Whether the user is about to free Snakemake's locks: then they are no obstacle.

    Yields
    ------
    int
        File descriptor that Snakemake is to inherit.

    Raises
    ------
    BusyError
        If a run that lives holds the project, or one of which it cannot be told that it is dead.
    """
    path = root / OWN
    path.parent.mkdir(exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        owner = _owner(path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(
                f"{root}: another run holds this project ({_words(owner)})", do="wait until it ends, then run again"
            ) from None
        if not unlock:
            _free(root, owner)
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        record = {"host": platform.node(), "process": os.getpid(), "since": now, "submits": submits}
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(record).encode(), 0)
        try:
            yield handle
        finally:
            os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _owner(path: Path) -> dict[str, Any]:
    """Return who wrote into the lock and did not get to clear it; empty if nobody."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        return {}


def _words(owner: dict[str, Any]) -> str:
    return f"process {owner.get('process', '?')} on {owner.get('host', '?')}, since {owner.get('since', '?')}"


def _free(root: Path, owner: dict[str, Any]) -> None:
    """Remove the locks of Snakemake if they are those of a dead run of ours."""
    locks = sorted((root / LOCKS).glob("*.lock"))
    if owner.get("submits") and owner.get("host") == platform.node():
        jobs = on_cluster(root)
        if jobs:
            raise BusyError(
                f"{root}: a run was killed ({_words(owner)}), and its jobs are still on the cluster: {' '.join(jobs)}",
                do=f"wait until they end, or `scancel {' '.join(jobs)}`; then run again",
            )
    if not locks:
        return
    if not owner or owner.get("host") != platform.node() or snakemake_at(root):
        whose = f" ({_words(owner)})" if owner else ""
        raise BusyError(
            f"{root}: another run holds this project, or one was killed{whose}",
            do="wait until it ends; if none is alive, `mesenluth run -- --unlock`, then run again",
        )
    for lock in locks:
        lock.unlink(missing_ok=True)
    print(f"freed the lock of a run that was killed ({_words(owner)})")


def snakemake_at(root: Path) -> list[int]:
    """Return the processes of Snakemake that work in a folder of this machine."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            here = (process / "cwd").resolve() == root.resolve()
        except OSError:
            continue
        if here and any(w.endswith(b"snakemake") for w in words[:4]):
            found.append(int(process.name))
    return found
