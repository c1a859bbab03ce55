"""Names of a run's own records, and of what it is pinned to."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = "provenance"
MANIFEST, RUN = "manifest.json", "run.json"
RESULTS = "results/"
"""Prefix of artifacts in a manifest, whatever the folder is called that the study writes to."""
LOCK = "envs/study.lock"
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;]+)(?:[ \t]*;[ \t]*([^\\\n]+))?", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    """Return the versions that a lock file names, by library; each with its condition where it has several."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, version, condition in PINNED.findall(lock.read_text(encoding="utf-8")):
        found.setdefault(name.lower(), []).append((version, condition.strip()))
    return {
        name: each[0][0] if len(each) == 1 else ", ".join(f"{version} ({condition})" for version, condition in each)
        for name, each in found.items()
    }


def sections(told: Any, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sections of the study file among what a step was told.

    A step that is told more than sections has them under `study`.
    """
    if not isinstance(told, dict):
        return {}
    inner = told.get("study")
    # The section `study` itself holds no section.
    if isinstance(inner, dict) and inner and inner.keys() <= settings.keys():
        told = inner
    return {k: v for k, v in told.items() if k in settings}
