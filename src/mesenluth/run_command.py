"""`mesenluth run`: one run at a time, from the registered cut to the release, and what it did."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from . import run_summary
from .cli import changes_of, register, study_of
from .errors import JobError, MesenluthError
from .home import project_root
from .lock import held
from .provenance import commands as provenance
from .provenance.made import planned
from .provenance.mend import mend
from .tables.io import atomic_write
from .workflow import DRY, SILENT, UNLOCK, command, execute, profile

INTERRUPTED = 130


class Run:
    """One call of `mesenluth run`, and what is known of it when it ends."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.changes = changes_of(arguments)
        self.root = project_root()
        self.asked = [*profile(self.root, arguments.profile, arguments.snakemake), *arguments.snakemake]
        self.submits = bool(arguments.profile) or any(
            a.startswith(("--profile", "--workflow-profile", "--executor", "-e")) for a in self.asked
        )
        self.study: dict[str, Any] = {}
        self.cut = ""
        self.began = time.time()
        self.plan: provenance.Plan = ()

    def planned(self) -> int:
        """Register the cut and show the plan; nothing is run, so that nothing is held."""
        self.study = study_of(self.arguments, self.root)
        register(self.study, self.root)
        return execute(self.study, self.root, self.arguments.study, self.changes, self.asked)

    def done(self, events: Path) -> int:
        """Hold the project, register the cut, run the workflow, record or release what came out."""
        self.study = study_of(self.arguments, self.root)
        with held(self.root, self.submits, UNLOCK in self.asked) as lock:
            self.cut = register(self.study, self.root)
            if not SILENT & set(self.asked):
                for name in mend(self.root, self.study["output"]):
                    print(f"{name}: not what was recorded of it; it will be made again", flush=True)
            status = execute(self.study, self.root, self.arguments.study, self.changes, self.asked, events, lock)
            if SILENT & set(self.asked):
                return status
            call = command(self.root, self.arguments.study, self.changes, [])
            if not status:
                publish = bool(self.arguments.cut) and not self.arguments.no_release
                self.plan = planned(call, self.root)
                provenance.after_run(self.study, self.root, call, publish, self.plan)
        return status

    def ended(self, status: int, events: Path, message: str = "") -> None:
        """Sum the run up on the screen, in a file beside the logs, and for the command that is to be told."""
        if not self.study or not self.cut:
            run_summary.notify({"status": status, "message": message}, self.root)
            return
        jobs = run_summary.collected(events, self.study["output"])
        plan = self.plan or self._left()
        times = (self.began, time.time())
        found = run_summary.summed_up(self.study, self.cut, self.root, jobs, status, times, plan)
        found["message"] = message
        text = json.dumps(found, indent=1, sort_keys=True) + "\n"
        atomic_write(self.root / self.study["output"] / run_summary.FILE, text.encode())
        print(f"\n{run_summary.words(found)}", flush=True)
        run_summary.notify(found, self.root)

    def _left(self) -> provenance.Plan:
        try:
            return planned(command(self.root, self.arguments.study, self.changes, []), self.root)
        except JobError:
            # The workflow cannot be read; why stands on the screen already.
            return ()


def run(arguments: argparse.Namespace) -> int:
    """Run a study, and say at the end what was done, whatever the end."""
    this = Run(arguments)
    if DRY & set(this.asked):
        return this.planned()
    with tempfile.TemporaryDirectory() as scratch:
        events = Path(scratch) / "events"
        if UNLOCK in this.asked:
            return this.done(events)
        try:
            status = this.done(events)
        except MesenluthError as error:
            this.ended(error.exit_status, events, str(error))
            raise
        except KeyboardInterrupt:
            this.ended(INTERRUPTED, events, "interrupted")
            raise
        this.ended(status, events)
        return status
