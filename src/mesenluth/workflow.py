"""Run the workflow from the command line and say what came out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .errors import BusyError, JobError
from .program import MARK
from .registry.credentials import variables

DRY = {"-n", "--dry-run", "--dryrun"}
SILENT = {*DRY, "--unlock"}
FAILED = re.compile(rf"^{MARK} (\d+): ", re.MULTILINE)


def command(root: Path, overlay: Path | None, changes: Mapping[str, Any], extra: Sequence[str]) -> list[str]:
    """Return the Snakemake call for a study."""
    call = [
        sys.executable,
        "-m",
        "snakemake",
        "--snakefile",
        str(root / "Snakefile"),
        "--directory",
        str(root),
    ]
    if overlay is not None:
        call += ["--configfile", str(overlay.resolve())]
    if changes:
        call += ["--config", *(f"{section}={json.dumps(value)}" for section, value in changes.items())]
    if not DRY & set(extra):
        # The log keeps both; on the screen a fresh run's list of missing files hides what is going on.
        call += ["--quiet", "host", "reason"]
    return [*call, *extra]


def execute(
    study: Mapping[str, Any],
    root: Path,
    overlay: Path | None,
    changes: Mapping[str, Any],
    extra: Sequence[str],
) -> int:
    """Run Snakemake and return the exit status: 0, or that of the first error a job reported.

    Raises
    ------
    BusyError
        If another run holds the project, or one that was killed did not let it go.
    JobError
        If a job failed without a message for the user.
    """
    began = time.time()
    # Only registering needs them, and a scheduler may write its jobs' environment down.
    secret = variables(study["source"])
    environment = {name: value for name, value in os.environ.items() if name not in secret}
    done = subprocess.run(command(root, overlay, changes, extra), cwd=root, check=False, env=environment)
    out = root / study["output"]
    if done.returncode == 0:
        if not SILENT & set(extra):
            summary(study, out)
        return 0
    if any((root / ".snakemake" / "locks").glob("*.lock")):
        raise BusyError(
            f"{root}: another run holds this project, or one was killed",
            do="wait until it ends; if none is alive, `mesenluth run -- --unlock`, then run again",
        )
    for log in sorted((out / "logs").rglob("*.log")):
        if log.stat().st_mtime >= began - 1:
            text = log.read_text(encoding="utf-8", errors="replace")
            found = FAILED.search(text)
            if found:
                print(text[found.start() :].rstrip(), file=sys.stderr)
                return int(found.group(1))
    raise JobError("the workflow did not finish; its messages stand above", do="mend the cause and run again")


def summary(study: Mapping[str, Any], out: Path) -> None:
    """Print where to look, and the published figures beside the computed ones."""
    from .tables.io import read_table
    from .tables.results import PUBLISHED_COMPARISON

    language = study["figures"]["language"]
    shown = out.relative_to(out.parents[0]) if study["output"] == "results" else Path(study["output"])
    print(f"\n{study['study']['title'][language]}\n{study['study']['notice'][language]}\n")
    rows = read_table(out / "endpoints" / "published_comparison.parquet", PUBLISHED_COMPARISON)
    if len(rows):
        wide = max(rows["item"].str.len())
        far = max(rows["published"].str.len())
        for item, published, computed, agrees in zip(
            rows["item"], rows["published"], rows["computed"], rows["agrees"], strict=True
        ):
            mark = "agrees" if agrees else "DIFFERS"
            print(f"  {item:<{wide}}  published {published:<{far}}  computed {computed}  {mark}")
        print()
    for text, path in (
        ("the report", "report/report.html"),
        ("its tables as text", "report/results.md"),
        ("estimates", "endpoints/estimates.parquet"),
        ("figures", "figures/"),
        ("data quality findings", "quality/findings.parquet"),
    ):
        print(f"  {text:<22} {shown / path}")
