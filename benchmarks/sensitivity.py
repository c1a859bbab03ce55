"""What the sensitivity grid costs beside the analysis it varies: `python benchmarks/sensitivity.py [patients ...]`.

For each number of patients it writes a registry of that size, as `classification.py` makes it (every patient is
included), and then runs, each in a process of its own: the analysis (classification and endpoints), and the grid of the
default study. It prints wall time, CPU time and peak memory of both, and the ratio of their CPU times.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from classification import write_registry

from mesenluth import study
from mesenluth.endpoints.estimate import estimate
from mesenluth.response.classify import classify
from mesenluth.sensitivity.grid import grid
from mesenluth.sensitivity.variants import variants
from mesenluth.tables.io import read_arrow, read_table
from mesenluth.tables.portions import portions
from mesenluth.tables.registry import REGISTRY

ROOT = Path(__file__).resolve().parents[1]


def analysis(folder: Path, settings: dict) -> None:
    whole = {name: read_arrow(folder / f"{name}.parquet", table) for name, table in REGISTRY.items()}
    parts: dict[str, list[pd.DataFrame]] = {}
    for tables in portions(whole, REGISTRY):
        for name, frame in classify(tables, settings).items():
            parts.setdefault(name, []).append(frame)
    responses = {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
    estimate({**_read(folder), **responses}, settings)


def _read(folder: Path) -> dict[str, pd.DataFrame]:
    return {name: read_table(folder / f"{name}.parquet", table) for name, table in REGISTRY.items()}


def measured(what: str, folder: Path) -> dict[str, float]:
    began = time.perf_counter()
    said = subprocess.run([sys.executable, __file__, what, str(folder)], check=True, stdout=subprocess.PIPE, text=True)
    return {"wall": time.perf_counter() - began, **json.loads(said.stdout)}


def main(sizes: list[int]) -> None:
    print(f"{len(variants(study.load(ROOT)))} variants, the study itself among them")
    print(f"{'patients':>10}{'what':>10}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{'ratio':>7}")
    for n in sizes:
        with tempfile.TemporaryDirectory() as name:
            write_registry(Path(name), n)
            seen = {what: measured(what, Path(name)) for what in ("analysis", "grid")}
        for what, m in seen.items():
            ratio = f"{m['cpu'] / seen['analysis']['cpu']:7.1f}" if what == "grid" else ""
            print(f"{n:>10}{what:>10}{m['wall']:9.1f}{m['cpu']:9.1f}{m['peak']:9.0f}{ratio}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] in (["analysis"], ["grid"]):
        folder, settings = Path(sys.argv[2]), study.load(ROOT)
        if sys.argv[1] == "analysis":
            analysis(folder, settings)
        else:
            grid(_read(folder), settings)
        use = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps({"cpu": use.ru_utime + use.ru_stime, "peak": use.ru_maxrss / 1024}))
    else:
        main([int(a) for a in sys.argv[1:]] or [1_000, 10_000, 100_000])
