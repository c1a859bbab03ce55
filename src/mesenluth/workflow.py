"""Run the workflow from the command line and say what came out."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from .errors import BusyError, ConfigurationError, JobError
from .home import home
from .program import MARK
from .registry.credentials import variables
from .slurm import status_arguments

DRY = {"-n", "--dry-run", "--dryrun"}
UNLOCK = "--unlock"
SILENT = {*DRY, UNLOCK}
LOGGER = "mesenluth"
EVENTS = "MESENLUTH_EVENTS"
"""Environment variable that names the file of events to the logger plugin of this package."""
COMPARISON = "endpoints/published_comparison.parquet"
FAILED = re.compile(rf"^{MARK} (\d+): ", re.MULTILINE)


def command(root: Path, overlay: Path | None, changes: Mapping[str, Any], extra: Sequence[str]) -> list[str]:
    """Return the Snakemake call for a study."""
    call = [
        sys.executable,
        "-m",
        "snakemake",
        "--snakefile",
        str(home(root) / "Snakefile"),
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


def profile(root: Path, name: str | None, extra: Sequence[str] = ()) -> list[str]:
    """Return Snakemake's arguments for a profile: the name of a folder of `profiles`, or a path.

    Parameters
    ----------
    root : path
        The project.
    name : str, optional
        The profile.
    extra : sequence of str
        What the user gives Snakemake beside it.

    Raises
    ------
    ConfigurationError
        If there is no such profile.
    """
    if name is None:
        return []
    places = [root / "profiles", home(root) / "profiles"]
    for folder in (*(place / name for place in places), Path(name)):
        file = folder / "profile.yaml"
        if file.is_file():
            found = ["--workflow-profile", str(folder.resolve())]
            on_slurm = re.search(r"^executor:\s*slurm\b", file.read_text(encoding="utf-8"), re.MULTILINE)
            return [*found, *(status_arguments(extra) if on_slurm else [])]
    known = ", ".join(sorted({p.parent.name for place in places for p in place.glob("*/profile.yaml")}))
    raise ConfigurationError(f"--profile {name!r}: no such profile", f"one of {known}, or a folder with profile.yaml")


def with_logger(extra: Sequence[str], terminal: bool) -> list[str]:
    """Return Snakemake's arguments with this package's logger plugin beside those that the user asks for.

    On a terminal that has no wish of its own, bars show how far each step is; elsewhere plain lines are written.
    """
    asked = list(extra)
    if "--logger" in asked:
        asked.insert(asked.index("--logger") + 1, LOGGER)
        return asked
    return [*asked, "--logger", *(["rich"] if terminal else []), LOGGER]


def call_snakemake(
    call: Sequence[str], root: Path, events: Path | None, lock: int | None, secret: Collection[str]
) -> int:
    """Run Snakemake to its end and return its status.

    An interruption or a request to end reaches Snakemake as an interruption, which takes its jobs on a cluster along,
    and is raised once Snakemake is through with it.

    Parameters
    ----------
    call : sequence of str
        The Snakemake call.
    root : path
        The project.
    events : path, optional
        Where to keep what happens to each job.
    lock : int, optional
        File descriptor of the project's lock, which Snakemake holds as long as it lives.
    secret : collection of str
        Environment variables that Snakemake and its jobs do not see.

    Raises
    ------
    KeyboardInterrupt
    """
    kept = {name: value for name, value in os.environ.items() if name not in secret}
    if events:
        # Snakemake finds plugins where Python finds packages: this package must be there, wherever it was taken from.
        here = [str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
        kept |= {EVENTS: str(events), "PYTHONPATH": os.pathsep.join(here)}
    main = threading.current_thread() is threading.main_thread()
    # In the background of a script, or under nohup, interruptions are ignored, and a child inherits that: Snakemake
    # would never hear that it is to end.
    deaf = main and signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if deaf:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(call, cwd=root, env=kept, pass_fds=() if lock is None else (lock,))
    if deaf:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked_to_end = False

    def end(*_: object) -> None:
        nonlocal asked_to_end
        asked_to_end = True
        process.send_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, end) if main else None
    try:
        while True:
            try:
                status = process.wait()
                break
            except KeyboardInterrupt:
                # The terminal has told Snakemake too.
                asked_to_end = True
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)
    if asked_to_end:
        raise KeyboardInterrupt
    return status


def execute(
    study: Mapping[str, Any],
    root: Path,
    overlay: Path | None,
    changes: Mapping[str, Any],
    extra: Sequence[str],
    events: Path | None = None,
    lock: int | None = None,
) -> int:
    """Run Snakemake and return the exit status: 0, or that of the first error a job reported.

    `events` and `lock` are those of `call_snakemake`.

    Raises
    ------
    BusyError
        If another run holds the project, or one that was killed did not let it go.
    JobError
        If a job failed without a message for the user.
    """
    began = time.time()
    asked = with_logger(extra, sys.stderr.isatty()) if events else list(extra)
    # Only registering needs them, and a scheduler may write its jobs' environment down.
    secret = variables(study["source"])
    status = call_snakemake(command(root, overlay, changes, asked), root, events, lock, secret)
    out = root / study["output"]
    if status == 0:
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
    # A run that was asked for less has not got so far.
    if (out / COMPARISON).is_file():
        rows = read_table(out / COMPARISON, PUBLISHED_COMPARISON)
        wide = max(rows["item"].str.len(), default=0)
        far = max(rows["published"].str.len(), default=0)
        for item, published, computed, agrees in zip(
            rows["item"], rows["published"], rows["computed"], rows["agrees"], strict=True
        ):
            mark = "agrees" if agrees else "DIFFERS"
            print(f"  {item:<{wide}}  published {published:<{far}}  computed {computed}  {mark}")
        if len(rows):
            print()
    for text, path in (
        ("the report", "report/report.html"),
        ("its tables as text", "report/results.md"),
        ("estimates", "endpoints/estimates.parquet"),
        ("figures", "figures/"),
        ("data quality findings", "quality/findings.parquet"),
    ):
        if (out / path).exists():
            print(f"  {text:<22} {shown / path}")
