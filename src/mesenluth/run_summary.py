"""What a run did: which jobs ran, what was reused, what it took, what failed and where its log is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .provenance.circumstances import instant
from .provenance.made import measured

FILE = Path("logs") / "summary.json"
NOTIFY = "MESENLUTH_NOTIFY"
LONGEST = 3


def collected(events: Path, out: str) -> dict[str, dict[str, Any]]:
    """Return what happened to each job that was started, by the place of its log among the logs.

    Parameters
    ----------
    events : path
        As `snakemake_logger_plugin_mesenluth` writes it.
    out : str
        Folder of the study's artifacts, relative to the project.

    Returns
    -------
    dict
        Job -> rule, log, attempts, state (``done``, ``failed`` or ``interrupted``), began, ended (s since the epoch).
    """
    jobs: dict[str, dict[str, Any]] = {}
    names: dict[int, str] = {}
    lines = events.read_text(encoding="utf-8").splitlines() if events.is_file() else []
    for event in map(json.loads, lines):
        kind, when = event["event"], event["time"]
        if kind == "job_info" and event["log"]:
            log = event["log"][0]
            name = names[event["job"]] = log.removeprefix(f"{out}/logs/").removesuffix(".log")
            new = {
                "rule": event["rule"],
                "log": log,
                "attempts": 0,
                "state": "interrupted",
                "began": when,
                "ended": when,
            }
            job = jobs.setdefault(name, new)
            job["attempts"] += 1
            job["state"] = "interrupted"
        elif kind == "job_finished" and event["job"] in names:
            jobs[names[event["job"]]].update(state="done", ended=when)
        elif kind == "job_error" and event["job"] in names:
            jobs[names[event["job"]]].update(state="failed", ended=when)
    return jobs


def summed_up(
    study: Mapping[str, Any],
    cut: str,
    root: Path,
    jobs: Mapping[str, dict[str, Any]],
    status: int,
    times: tuple[float, float],
    plan: Sequence[tuple[str, str, str]],
) -> dict[str, Any]:
    """Return the summary of a run.

    Parameters
    ----------
    study : mapping
        The resolved study file.
    cut : str
        Name of the cut.
    root : path
        The project.
    jobs : mapping
        As `collected` returns it.
    status : int
        Exit status of the run.
    times : tuple of float
        When the run began and ended (s since the epoch).
    plan : sequence
        Artifacts, log of their job, and what is still to be done, as `made.planned` returns it after the run.
    """
    out = study["output"]
    waiting = sorted(path for path, _, to_do in plan if to_do)
    places: dict[str, set[str]] = {"done": set(), "to do": set()}
    for _, log, to_do in plan:
        places["to do" if to_do else "done"].add(log.removeprefix(f"{out}/logs/").removesuffix(".log"))
    took = measured(root, out, [name for name, job in jobs.items() if job["state"] == "done"])
    described = {}
    for name, job in sorted(jobs.items()):
        facts = {k: v for k, v in job.items() if k not in ("began", "ended")}
        facts |= {"began": instant(job["began"]), "ended": instant(job["ended"])}
        described[name] = facts | took.get(name, {})
    states = {s: sorted(n for n, j in jobs.items() if j["state"] == s) for s in ("done", "failed", "interrupted")}
    return {
        "study": study["study"]["id"],
        "cut": cut,
        "status": status,
        "began": instant(times[0]),
        "ended": instant(times[1]),
        "seconds": round(times[1] - times[0], 1),
        "ran": states["done"],
        "failed": states["failed"],
        "interrupted": states["interrupted"],
        "reused": sorted(places["done"] - places["to do"] - jobs.keys()),
        "waiting": waiting,
        "jobs": described,
    }


def words(summary: Mapping[str, Any]) -> str:
    """Return a summary for people."""
    ran, jobs = summary["ran"], summary["jobs"]
    spent = sum(jobs[n].get("cpu_seconds", 0) for n in ran)
    cpu = f" ({_span(spent)} of CPU time)" if spent else ""
    lines = [f"ran {_count(len(ran), 'job')} in {_span(summary['seconds'])}{cpu}, reused {len(summary['reused'])}"]
    longest = sorted(ran, key=lambda n: -jobs[n].get("seconds", 0))[:LONGEST]
    if longest and len(ran) > LONGEST:
        lines.append("longest: " + ", ".join(f"{n} {_span(jobs[n].get('seconds', 0))}" for n in longest))
    again = [f"{n} ({jobs[n]['attempts']} attempts)" for n in ran if jobs[n]["attempts"] > 1]
    if again:
        lines.append("ran again: " + ", ".join(again))
    for name in summary["failed"]:
        times = f" after {jobs[name]['attempts']} attempts" if jobs[name]["attempts"] > 1 else ""
        lines.append(f"failed: {name}{times}; its log is {jobs[name]['log']}")
    if summary["interrupted"]:
        lines.append("interrupted: " + ", ".join(summary["interrupted"]))
    if summary["waiting"]:
        lines.append(f"still to be made: {_count(len(summary['waiting']), 'artifact')}")
    return "\n".join(f"  {line}" for line in lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _span(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def notify(summary: Mapping[str, Any], root: Path) -> None:
    """Call the command in ``$MESENLUTH_NOTIFY``, if there is one, with the summary on its standard input.

    What becomes of the command changes nothing about the run; if it fails, that is said.
    """
    command = os.environ.get(NOTIFY)
    if not command:
        return
    text = json.dumps(summary, indent=1, sort_keys=True)
    # The person who schedules runs wrote the command, as in a crontab.
    try:
        done = subprocess.run(command, shell=True, cwd=root, input=text, text=True, timeout=60, check=False)  # noqa: S602
        fault = f"ended with status {done.returncode}" if done.returncode else ""
    except subprocess.TimeoutExpired:
        fault = "took more than a minute"
    if fault:
        print(f"mesenluth: the command in {NOTIFY} {fault}", file=sys.stderr)
