"""How fast and how large classification is: `python benchmarks/classification.py [patients ...]`.

For each number of patients it writes a registry of that size (12 readings of 3 lesions a patient) and then runs, each
in a process of its own: the classify step as the workflow runs it, and its floor, which reads the same input and writes
the same output and computes nothing. It prints wall time, CPU time and peak memory of both, and their ratio.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mesenluth import study
from mesenluth.program import Step, run
from mesenluth.response.classify import classify
from mesenluth.tables.io import TableWriter, empty, read_arrow, to_frame
from mesenluth.tables.model import Table
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS

ROOT = Path(__file__).resolve().parents[1]
LESIONS, SCANS = 3, 4
DAY = np.datetime64("2018-01-01", "us")


def ids(letter: str, n: int) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(np.arange(n)).cast(pa.string()), 8, "0")
    return pc.binary_join_element_wise(letter, digits, "")


def dates(day: np.ndarray) -> np.ndarray:
    return DAY + day.astype("timedelta64[D]")


def registry(n: int, first: int) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the columns of each table of patients `first` to `first + n`; all others are empty."""
    rng = np.random.default_rng(first)

    def some(letter: str, each: int) -> pa.Array:
        return ids(letter, (first + n) * each).slice(first * each)

    people = some("P", 1)
    yield "patients", {"patient_id": people, "centre": "C1", "primary_site": "ileum", "stage": "metastatic"}
    doses = np.repeat(np.arange(n), 4)
    start = rng.integers(0, 600, n)
    yield "administrations", {
        "administration_id": some("A", 4), "patient_id": people.take(pa.array(doses)),
        "cycle_number": np.tile(np.arange(1, 5), n), "product": "177Lu-DOTATATE", "activity_gbq": 7.4,
        "administration_date": dates(start[doses] + np.tile(np.arange(4) * 56, n)),
    }  # fmt: skip
    whose = np.repeat(np.arange(n), SCANS)
    scan = some("S", SCANS)
    yield "scans", {
        "scan_id": scan, "patient_id": people.take(pa.array(whose)), "modality": "CT", "slice_thickness_mm": 2.5,
        "scan_date": dates(start[whose] - 20 + np.tile(np.arange(SCANS) * 120, n)),
    }  # fmt: skip
    owner, kind = np.repeat(np.arange(n), LESIONS), np.tile(np.arange(LESIONS), n)
    lesion = some("L", LESIONS)
    yield "lesions", {
        "lesion_id": lesion, "patient_id": people.take(pa.array(owner)), "evaluator": "investigator",
        "role": np.array(["target", "target", "nontarget"], object)[kind],
        "organ": np.array(["mesentery", "liver", "bone"], object)[kind], "nodal": kind == 0,
        "mesenteric_mass": kind == 0, "retractile": kind == 0,
    }  # fmt: skip
    of, at = np.repeat(np.arange(n * LESIONS), SCANS), np.tile(np.arange(SCANS), n * LESIONS)
    size = rng.integers(200, 800, n * LESIONS)[of] * 100
    # A walk from one assessment to the next: responses, stable disease and progressions all occur.
    walk = np.cumsum(rng.normal(0, 0.15, (n * LESIONS, SCANS)) * (np.arange(SCANS) > 0), axis=1).ravel()
    longest = np.clip((size * np.exp(walk)).astype(np.int64) // 100 * 100, 1000, 390_000)
    other = np.tile(np.repeat(np.arange(LESIONS) == LESIONS - 1, SCANS), n)
    status = np.where(other, "present", np.where(rng.random(len(of)) < 0.02, "not_evaluable", "measured"))
    sized = status == "measured"
    yield "measurements", {
        "measurement_id": some("M", LESIONS * SCANS), "patient_id": people.take(pa.array(of // LESIONS)),
        "lesion_id": lesion.take(pa.array(of)), "scan_id": scan.take(pa.array(of // LESIONS * SCANS + at)),
        "status": status, "longest_diameter_um": pa.array(longest, mask=~sized),
        "short_axis_um": pa.array(longest * 4 // 5, mask=~sized),
    }  # fmt: skip


Spoil = Callable[[str, pd.DataFrame], pd.DataFrame]


def whole(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    return frame


def write_registry(
    folder: Path, n: int, contract: Callable[[str], Table] = REGISTRY.__getitem__, spoil: Spoil = whole
) -> int:
    """Write a registry of `n` patients by the contracts given, after `spoil` has had its way with each table."""
    size, written = min(n, 100_000), 0
    writers = {name: TableWriter(folder / f"{name}.parquet", contract(name)).__enter__() for name in REGISTRY}
    for first in range(0, n, size):
        for name, columns in registry(min(size, n - first), first):
            table, key = REGISTRY[name], columns[REGISTRY[name].key[0]]
            columns["record_id"] = pc.binary_join_element_wise(name, key, "0123456789abcdef", ":")
            rows = len(key)  # type: ignore[arg-type]
            frame = pd.DataFrame({k: v.to_pandas() if isinstance(v, pa.Array) else v for k, v in columns.items()},
                                 index=range(rows))  # fmt: skip
            for column in set(table.column_names) - set(frame):
                frame[column] = empty(table)[column].reindex(range(rows))
            writers[name].write(spoil(name, frame))
            written += rows
    for writer in writers.values():
        writer.__exit__(None, None, None)
    return written


def read_and_write(step: Step) -> None:
    """Do all but compute: read the registry in portions, read what was computed and write it again."""
    for _ in step.read_portions(REGISTRY.values()):
        pass
    known = Path(step.options["known"])
    for path in sorted(known.glob("*.parquet")):
        table = RESULTS[path.stem]
        whole = read_arrow(path, table)
        with TableWriter(step.folder / path.name, table) as out:
            for begin in range(0, max(whole.num_rows, 1), 300_000):
                out.write(to_frame(whole.slice(begin, 300_000), table))


def work(step: Step) -> None:
    step.write_portions((classify(t, step.settings) for t in step.read_portions(REGISTRY.values())), RESULTS)


def measured(what: str, folder: Path, settings: str) -> dict[str, float]:
    inputs = [str(folder / f"in/{name}.parquet") for name in REGISTRY]
    arguments = [
        sys.executable,
        __file__,
        f"--{what}",
        "--input",
        *inputs,
        "--output",
        str(folder / what),
        "--settings",
        settings,
    ]
    if what == "floor":
        arguments += ["--known", str(folder / "classify")]
    began = time.perf_counter()
    said = subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {"wall": time.perf_counter() - began, **json.loads(said)}


def main(sizes: list[int]) -> None:
    settings = study.settings(study.load(ROOT), "classify")
    print(f"{'patients':>10}{'step':>10}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{'ratio':>7}")
    for n in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_registry(folder / "in", n)
            seen = {what: measured(what, folder, settings) for what in ("classify", "floor")}
        for what, m in seen.items():
            ratio = f"{m['wall'] / seen['floor']['wall']:7.1f}" if what == "classify" else ""
            print(f"{n:>10}{what:>10}{m['wall']:9.1f}{m['cpu']:9.1f}{m['peak']:9.0f}{ratio}", flush=True)


if __name__ == "__main__":
    step = next((s for s in ("classify", "floor") if f"--{s}" in sys.argv), None)
    if step is None:
        main([int(a) for a in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
    else:
        sys.argv.remove(f"--{step}")
        run(step, __doc__, {"classify": work, "floor": read_and_write}[step],
            {"known": "what was computed"} if step == "floor" else None)  # fmt: skip
        use = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps({"cpu": use.ru_utime + use.ru_stime, "peak": use.ru_maxrss / 1024}))
