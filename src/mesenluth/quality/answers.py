"""Where the centres' answers lie. Light: imports nothing heavy."""

from __future__ import annotations

from pathlib import Path

from ..errors import ConfigurationError

KINDS = (".csv", ".xlsx")


def answer_files(folder: str | None) -> list[str]:
    """Return the files of answers in a folder, sorted; none where the study file names no folder.

    Raises ConfigurationError if there is no such folder, or a file in it is neither CSV nor XLSX.
    """
    if folder is None:
        return []
    where = Path(folder)
    if not where.is_dir():
        raise ConfigurationError(f"quality.queries.answers: {folder}: no such folder", "a folder of answered queries")
    files = sorted(p for p in where.iterdir() if p.is_file() and not p.name.startswith((".", "~$")))
    for path in files:
        if path.suffix.lower() not in KINDS:
            raise ConfigurationError(f"quality.queries.answers: {path}: not a file of answers", "CSV or XLSX")
    return [str(p) for p in files]
