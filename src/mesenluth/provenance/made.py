"""How each artifact was made, as Snakemake recorded it: job, program, arguments, inputs, times."""

from __future__ import annotations

import base64
import csv
import json
import shlex
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import JobError

RECORDS = Path(".snakemake") / "metadata"
LONGEST = 254


@dataclass
class Job:
    """One job of the workflow.

    Attributes
    ----------
    name : str
        Place of its log among the logs, such as ``endpoints`` or ``extract/C01``.
    rule, script : str
        Rule, and program relative to the project.
    code, env : str
        Hashes of the program's code and of the environment's lock, as the job was told.
    settings : str
        Parameters as the job was told, JSON text; empty if it has none.
    arguments : dict of str to str
        Further arguments.
    inputs, outputs : list of str
        Paths relative to the project; an output may be a folder.
    began, ended : float
        Seconds since the epoch.
    """

    name: str
    rule: str
    script: str
    code: str = ""
    env: str = ""
    settings: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    began: float = 0.0
    ended: float = 0.0


def planned(call: list[str], root: Path) -> list[tuple[str, str, str]]:
    """Return every artifact of the workflow, with the log of its job and what is still to be done about it.

    Parameters
    ----------
    call : list of str
        The Snakemake call for the study, without targets.
    """
    done = subprocess.run([*call, "--summary"], cwd=root, check=False, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise JobError(f"the workflow cannot be planned: {' '.join(last)}", do="run `mesenluth run -- --dry-run`")
    rows = csv.DictReader(done.stdout.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [
        (row["output_file"], row["log-file(s)"], "" if row["plan"] == "no update" else row["status"]) for row in rows
    ]


def record(root: Path, output: str) -> dict[str, Any]:
    """Return what Snakemake recorded of an output; JobError if there is no record."""
    name = base64.urlsafe_b64encode(output.encode()).decode()
    # Names longer than a file name may be are split over folders, as Snakemake does.
    parts = [name[i : i + LONGEST] for i in range(0, len(name), LONGEST)]
    path = Path(root, RECORDS, *(f"@{part}" for part in parts[:-1]), parts[-1])
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise JobError(
            f"{output}: no record of how it was made",
            "Snakemake's record in .snakemake/metadata",
            "keep .snakemake beside the results; remove the file and run again",
        ) from None


def _arguments(command: str) -> tuple[str, dict[str, str]]:
    """Return the program of a rule's command, and its arguments but inputs and place of outputs."""
    words = shlex.split(command.rsplit(" > ", 1)[0])
    script = words[1].removeprefix("$MESENLUTH_HOME/")
    found: dict[str, list[str]] = {}
    values: list[str] = []
    for word in words[2:]:
        if word.startswith("--"):
            values = found.setdefault(word[2:], [])
        else:
            values.append(word)
    return script, {k: " ".join(v) for k, v in found.items() if k not in ("input", "output", "quality")}


def jobs(rows: list[tuple[str, str, str]], root: Path, out: str) -> dict[str, Job]:
    """Return the jobs that made the artifacts, by name.

    Parameters
    ----------
    rows : list
        As `planned` returns them.
    out : str
        Folder of the study's artifacts, relative to the project.
    """
    found: dict[str, Job] = {}
    for output, log, _ in rows:
        known = record(root, output)
        name = log.removeprefix(f"{out}/logs/").removesuffix(".log")
        if name not in found:
            script, arguments = _arguments(known["shellcmd"])
            found[name] = Job(
                name,
                known["rule"],
                script,
                arguments.pop("code", ""),
                arguments.pop("env", ""),
                arguments.pop("settings", ""),
                arguments,
                sorted(known["input"]),
                began=known["starttime"],
                ended=known["endtime"],
            )
        job = found[name]
        job.outputs.append(output)
        job.ended = max(job.ended, known["endtime"])
    return found


def measured(root: Path, out: str, names: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return wall time, CPU time and memory of each job, from the benchmark files."""
    found = {}
    for name in names:
        path = root / out / "logs" / f"{name}.benchmark.tsv"
        if path.is_file():
            row = next(csv.DictReader(path.read_text().splitlines(), delimiter="\t"), {})
            wanted = (("seconds", "s"), ("cpu_seconds", "cpu_time"), ("memory_mb", "max_rss"))
            found[name] = {key: float(row[column]) for key, column in wanted if _number(row.get(column))}
    return found


def _number(text: str | None) -> bool:
    try:
        float(text or "")
    except ValueError:
        return False
    return text not in ("nan", "NA")
