"""Keeps what happened to each job of a run, a line of JSON an event, in the file that ``$MESENLUTH_EVENTS`` names.

Snakemake finds this package by its name; ``mesenluth run`` asks for it and sums the events up (``mesenluth.summary``).
"""

import json
import os
from logging import LogRecord

from snakemake_interface_logger_plugins.base import LogHandlerBase

EVENTS = "MESENLUTH_EVENTS"


class LogHandler(LogHandlerBase):
    """Writes events of jobs to a file; nothing to the screen."""

    writes_to_stream = False
    writes_to_file = False  # none that Snakemake should name to the user
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def emit(self, record: LogRecord) -> None:
        """Write an event of a job: planned with its log, started, finished or failed."""
        event = str(getattr(record, "event", ""))
        if event in ("job_info", "job_error"):
            known = {
                "job": record.__dict__["jobid"],
                "rule": record.__dict__["rule_name"],
                "log": [str(log) for log in record.__dict__["log"]][:1],
            }
        elif event == "job_started":
            known = {"jobs": list(record.__dict__["jobs"])}
        elif event == "job_finished":
            known = {"job": record.__dict__["job_id"]}
        elif event == "run_info":
            known = {"planned": {str(k): int(v) for k, v in record.__dict__["stats"].items()}}
        else:
            return
        with open(os.environ.get(EVENTS, os.devnull), "a", encoding="utf-8") as file:
            file.write(json.dumps({"event": event, "time": record.created, **known}) + "\n")
