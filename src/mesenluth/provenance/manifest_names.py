"""Names of a run's own records, and of what it is pinned to."""

import re
from pathlib import Path

FOLDER = "provenance"
MANIFEST, RUN = "manifest.json", "run.json"
RESULTS = "results/"
"""Prefix of artifacts in a manifest, whatever the folder is called that the study writes to."""
LOCK = "envs/study.lock"
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;]+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    """Return the versions that a lock file names, by library."""
    return {name.lower(): version for name, version in PINNED.findall(lock.read_text(encoding="utf-8"))}
