"""How fast and how large the endpoints are: `python benchmarks/endpoints.py [patients ...]`.

For each number of included patients it makes the tables that the endpoints read (12 assessments a patient and
compartment) and computes all endpoints of the default study, in a process of its own, by the public function
`endpoints.estimate.estimate`. It prints wall time, CPU time, peak memory, and the growth of the CPU time from one
number of patients to the next as a power of that number: 1 is linear.
"""

import json
import math
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from mesenluth import study as studies
from mesenluth.endpoints import estimate as module
from mesenluth.endpoints.names import INPUTS
from mesenluth.tables.io import conform, empty
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS

ROOT = Path(__file__).resolve().parents[1]
SCANS = 12
DAY_0 = np.datetime64("2012-01-01", "us")
PLAIN = {"string": "x", "int": 0, "float": 0.0, "bool": False, "date": DAY_0}
CONTRACTS = {**REGISTRY, **RESULTS}


def table(name: str, n: int, **columns: object) -> pd.DataFrame:
    """Return `n` rows of a table: required columns that are not given get a plain value, all others are missing."""
    contract = CONTRACTS[name]
    frame = pd.DataFrame(columns, index=range(n))
    for c in contract.columns:
        if c.name not in frame:
            frame[c.name] = PLAIN[c.type] if c.required else empty(contract)[c.name].reindex(range(n))
    return conform(frame, contract)


def dates(days: np.ndarray) -> np.ndarray:
    return DAY_0 + days.astype("timedelta64[D]")


def tables(n: int, study: dict) -> dict[str, pd.DataFrame]:
    """Return the tables of `n` included patients."""
    rng = np.random.default_rng(n)
    parts = [*(c["id"] for c in study["compartments"]), "whole_patient"]
    people = np.array([f"P{i:07d}" for i in range(n)], dtype=object)
    start = rng.integers(0, 2500, n)
    centre = np.array([f"C{i:03d}" for i in rng.integers(0, 200, n)], dtype=object)
    k = len(parts)
    who, where = np.repeat(np.arange(n), k), np.tile(np.array(parts, dtype=object), n)
    answers = np.array(["PR", "SD", "SD", "SD", "PD", "NE"], dtype=object)
    best = answers[rng.integers(0, 6, n * k)]
    of, at = np.repeat(np.arange(n * k), SCANS), np.tile(np.arange(1, SCANS + 1), n * k)
    scan = start[who[of]] + at * 90 + rng.integers(-10, 10, len(of))
    progressed = rng.random(len(of)) < 0.04
    reader = {"evaluator": study["primary_evaluator"]}
    dead = rng.random(n) < 0.4
    last = start + np.minimum(rng.exponential(1500, n).astype(int) + 30, 4100 - start)
    symptoms = rng.integers(0, 3, n)
    return {name: table(name, 0) for name in INPUTS} | {
        "patients": table("patients", n, patient_id=people, birth_year=rng.integers(1930, 1990, n), centre=centre,
                          sex=np.where(rng.random(n) < 0.5, "F", "M"), ki67_percent=rng.random(n) * 20),
        "cohort": table("cohort", n, patient_id=people, centre=centre, included=True, origin_date=dates(start),
                        last_administration_date=dates(start + 200), administrations=4, activity_gbq=29.6),
        "best_responses": table("best_responses", n * k, patient_id=people[who], compartment=where, **reader,
                                has_baseline=True, baseline_date=dates(start[who] - 14), targets=2, best_response=best,
                                confirmed_response=np.where(best == "PR", "SD", best), baseline_mm=40.0),
        "timepoint_responses": table(
            "timepoint_responses", len(of), patient_id=people[who[of]], compartment=where[of], **reader, timepoint=at,
            assessment_date=dates(scan), last_date=dates(scan), response_date=dates(scan),
            progression_date=np.where(progressed, dates(scan), np.datetime64("NaT")),
            overall_response=np.where(progressed, "PD", "SD"),
        ),
        "lesion_changes": table("lesion_changes", n * 2, patient_id=np.repeat(people, 2), **reader,
                                lesion_id=[f"L{i}" for i in range(2 * n)], timepoint=0, role="target",
                                compartment=np.tile(parts[:2], n), diameter_mm=rng.random(2 * n) * 80),
        "metabolic_responses": table("metabolic_responses", n * 2, patient_id=np.repeat(people, 2),
                                     compartment=np.tile(parts[:2], n), baseline_value=3.0,
                                     response=np.where(rng.random(2 * n) < 0.1, "response", "no_response")),
        "clinical_responses": table("clinical_responses", n, patient_id=people, symptoms_at_baseline=symptoms,
                                    response=np.where(symptoms > 0, "response", "not_symptomatic")),
        "complications": table("complications", n // 20, patient_id=people[: n // 20],
                               adverse_event_id=people[: n // 20], start_date=dates(start[: n // 20])),
        "follow_up": table("follow_up", n, follow_up_id=people, patient_id=people, follow_up_date=dates(last),
                           vital_status=np.where(dead, "dead", "alive")),
        "scans": table("scans", n * SCANS, scan_id=[f"S{i}" for i in range(n * SCANS)],
                       patient_id=np.repeat(people, SCANS),
                       scan_date=dates(np.repeat(start, SCANS) + np.tile(np.arange(SCANS) * 90, n))),
        "therapies": table("therapies", n, therapy_id=people, patient_id=people, type="everolimus",
                           start_date=dates(start + rng.integers(-500, 3000, n))),
    }  # fmt: skip


def measure(n: int) -> dict[str, float]:
    """Compute the endpoints of `n` patients; seconds and megabytes."""
    study = studies.load(ROOT, changes={"cut": {"date": "2024-01-01"}})
    given = tables(n, study)
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    out = module.estimate(given, study)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"patients": n, "rows": len(out["estimates"]), "wall": wall, "cpu": cpu, "mb": after.ru_maxrss / 1024}


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(int(sys.argv[2]))))
        return
    sizes = [int(a.replace(",", "")) for a in sys.argv[1:]] or [1_000, 10_000, 100_000]
    print(f"{'patients':>10}{'estimates':>11}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{'growth':>8}")
    earlier = None
    for n in sizes:
        said = subprocess.run([sys.executable, __file__, "--one", str(n)], check=True, capture_output=True, text=True)
        found = json.loads(said.stdout)
        growth = ""
        if earlier:
            growth = f"{math.log(found['cpu'] / earlier['cpu']) / math.log(n / earlier['patients']):.2f}"
        print(f"{n:>10,}{found['rows']:>11}{found['wall']:>9.1f}{found['cpu']:>9.1f}{found['mb']:>9.0f}{growth:>8}")
        earlier = found


if __name__ == "__main__":
    main()
