"""What the whole catalogue costs on millions of rows: `python benchmarks/quality.py [measurements ...]`.

For each number of measurements it writes the extracted tables of a registry, as `classification.py` makes them, with
one row in a hundred spoilt, in 16 parts (`cut.partition: hash`) and in one. Then it runs on each part, each in
a process of its own: the floor, which reads the tables and computes nothing; the rules, which read them, judge every
row by the whole catalogue and write what is accepted and found; and, on one part, great_expectations, which judges the
accepted rows and what the rules found. It prints wall and CPU time of all parts, the highest peak of memory, and the
ratio of CPU to the floor.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from classification import LESIONS, SCANS, write_registry

from mesenluth import study
from mesenluth.program import Step, run
from mesenluth.quality.catalogue import of_study
from mesenluth.quality.engine import validate
from mesenluth.quality.gate import conditions, judge
from mesenluth.quality.gx_project import project
from mesenluth.quality.suites import failed_by_centre, rule_suites, table_suites
from mesenluth.tables.extracted import UNREADABLE, extracted
from mesenluth.tables.io import empty
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import FINDINGS, ROW_COUNTS, RULE_COUNTS

ROOT = Path(__file__).resolve().parents[1]
STEPS = ("floor", "rules", "gx")
PARTS = (16, 1)


def spoil(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Spoil one row in a hundred of some tables, each in one of several ways."""
    rng = np.random.default_rng(len(frame))
    at = rng.choice(len(frame), len(frame) // 100, replace=False)
    ways = np.array_split(at, 4)
    if name == "measurements":
        frame.loc[ways[0], "short_axis_um"] = frame.loc[ways[0], "longest_diameter_um"] * 2
        frame.loc[ways[1], "longest_diameter_um"] = 999_999
        frame.loc[ways[2], "status"] = "seen"
        frame.loc[ways[3], "scan_id"] = "nowhere"
    elif name == "scans":
        frame.loc[ways[0], "slice_thickness_mm"] = 99.0
        frame.loc[ways[1], "scan_date"] = pd.Timestamp("2035-01-01")
    return frame


def read_tables(step: Step) -> dict[str, pd.DataFrame]:
    return {name: step.read(extracted(name)) for name in REGISTRY}


def floor(step: Step) -> None:
    read_tables(step)


def rules(step: Step) -> None:
    catalogue = of_study(step.settings).within()
    judged = validate(read_tables(step), empty(UNREADABLE), step.settings, catalogue)
    counts = judged.counts.assign(after_cut=0, read=lambda d: d["accepted"] + d["quarantined"])
    step.write(judged.findings, FINDINGS)
    step.write(judged.rule_counts, RULE_COUNTS)
    step.write(counts, ROW_COUNTS)
    for name in REGISTRY:
        step.write(judged.accepted.pop(name), REGISTRY[name])


def gx(step: Step) -> None:
    found, counts, rows = step.read(FINDINGS), step.read(RULE_COUNTS), step.read(ROW_COUNTS)
    with project(step.folder / "gx", "benchmark", "2023-06-30") as ask:

        def suites():
            yield from table_suites(step.read, {})
            yield from rule_suites(failed_by_centre(found, counts), counts)

        judge(conditions(rows, counts, step.settings, of_study(step.settings).within()), rows, counts, suites(), ask)


def measured(what: str, folder: Path, settings: str) -> dict[str, float]:
    source = folder / ("rules" if what == "gx" else "in")
    began = time.perf_counter()
    said = subprocess.run(
        [sys.executable, __file__, f"--{what}", "--input", *map(str, sorted(source.glob("*.parquet"))),
         "--output", str(folder / what), "--settings", settings],
        check=True, stdout=subprocess.PIPE, text=True,
    ).stdout  # fmt: skip
    return {"wall": time.perf_counter() - began, **json.loads(said.splitlines()[-1])}


def main(sizes: list[int]) -> None:
    plan = study.load(ROOT)
    settings = json.dumps({**json.loads(study.settings(plan, "validate")), "quality": plan["quality"]})
    print(f"{'measurements':>13}{'parts':>6}{'step':>7}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{'ratio':>7}")
    for n, parts in ((n, parts) for n in sizes for parts in PARTS):
        seen: dict[str, list[dict[str, float]]] = {}
        for _ in range(parts):
            with tempfile.TemporaryDirectory() as name:
                write_registry(Path(name) / "in", n // (LESIONS * SCANS) // parts, extracted, spoil)
                for what in STEPS if parts == 1 else STEPS[:2]:
                    seen.setdefault(what, []).append(measured(what, Path(name), settings))
        lowest = sum(m["cpu"] for m in seen["floor"])
        for what, ms in seen.items():
            wall, cpu = (sum(m[key] for m in ms) for key in ("wall", "cpu"))
            peak = max(m["peak"] for m in ms)
            print(f"{n:>13}{parts:>6}{what:>7}{wall:9.1f}{cpu:9.1f}{peak:9.0f}{cpu / lowest:7.1f}", flush=True)


if __name__ == "__main__":
    step = next((s for s in STEPS if f"--{s}" in sys.argv), None)
    if step is None:
        main([int(a) for a in sys.argv[1:]] or [1_000_000, 5_000_000])
    else:
        sys.argv.remove(f"--{step}")
        run(step, __doc__, {"floor": floor, "rules": rules, "gx": gx}[step])
        use = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps({"cpu": use.ru_utime + use.ru_stime, "peak": use.ru_maxrss / 1024}))
