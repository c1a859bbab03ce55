"""The engine against a second one that works through one patient at a time, on many random patients at once."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from acceptance.recist_harness import DAY_0, WHOLE, default_study, table
from mesenluth.response.classify import recist

COMPARTMENTS = ("mesenteric", "other")
STATES = {
    "target": ["measured"] * 14 + ["too_small", "absent", "absent", "absent", "not_evaluable", "left out"],
    "nontarget": ["present"] * 6
    + ["absent"] * 6
    + ["not_evaluable", "left out", "equivocal", "unequivocal_progression"],
    "new": ["left out"] * 16 + ["equivocal", "equivocal", "present", "absent", "not_evaluable"],
}


def random_patients(n: int, seed: int) -> list[dict]:
    """Return patients as {lesions: {name: (role, nodal, compartment)}, points: [(day, {name: (status, um)})]}."""
    random = np.random.default_rng(seed)
    patients = []
    for p in range(n):
        lesions = {}
        for i in range(random.integers(1, 6)):
            role = random.choice(["target", "target", "nontarget", "new"])
            lesions[f"{p:04d}-{i}"] = (role, bool(random.random() < 0.3), random.choice([*COMPARTMENTS, "none"]))
        days = np.cumsum(random.integers(14, 70, random.integers(2, 8)))
        days = days - days[0] - random.integers(0, 30) if random.random() < 0.95 else days
        size = {name: random.integers(8, 60) * 1000 for name in lesions}
        points = []
        for k, day in enumerate(days):
            read = {}
            for name, (role, _, _) in lesions.items():
                state = random.choice(STATES[role])
                if k == 0:
                    usual = {"target": "measured", "nontarget": "present", "new": "left out"}[role]
                    state = state if random.random() < 0.03 and role != "new" else usual
                if state == "left out" or (role == "new" and day <= 0):
                    continue
                um = None
                if state == "measured":
                    um = max(int(size[name] * random.choice([0.3, 0.6, 0.7, 0.8, 1.0, 1.1, 1.2, 1.3])), 1000)
                    size[name] = um
                read[name] = (state, um)
            if not read:
                read[next(iter(lesions))] = (
                    "absent" if lesions[next(iter(lesions))][0] == "new" else "not_evaluable",
                    None,
                )
            points.append((int(day), read))
        patients.append({"lesions": lesions, "points": points})
    return patients


def reference(patient: dict, where: str, criteria: dict) -> list[dict]:
    """Work through the time points of one patient in one compartment, in plain steps."""
    inside = {n: v for n, v in patient["lesions"].items() if where in (WHOLE, v[2])}
    before = [p for p in patient["points"] if p[0] <= 0]
    points = [p for p in patient["points"] if p[0] > 0]
    baseline = before[-1] if before else None
    targets = [n for n, v in inside.items() if v[0] == "target"]
    others = [n for n, v in inside.items() if v[0] == "nontarget"]

    def size(name, read):
        state, um = read.get(name, ("left out", None))
        return {"measured": um, "absent": 0, "too_small": 5000}.get(state)

    def normal(name, read):
        um = size(name, read)
        return um is not None and (um < 10000 if inside[name][1] else um == 0)

    def whole_sum(read):
        sizes = [size(n, read) for n in targets]
        return sum(sizes) if targets and None not in sizes else None

    base = whole_sum(baseline[1]) if baseline else None
    nadir, had_cr, out = base, False, []
    for i, (day, read) in enumerate(points):
        row = {"day": day, "target": None, "nontarget": None}
        sizes = [size(n, read) for n in targets]
        partial = sum(s for s in sizes if s is not None)
        total = whole_sum(read)
        if targets:
            grown = (
                nadir is not None
                and any(s is not None for s in sizes)
                and Fraction(partial - nadir) >= Fraction(nadir) / 5
                and partial - nadir >= 5000
            )
            gone_before = baseline and base is not None and all(normal(n, baseline[1]) for n in targets)
            if not baseline:
                row["target"] = "NE"
            elif total is not None and all(normal(n, read) for n in targets) and not gone_before:
                row["target"] = "CR"
            elif grown:
                row["target"] = "PD"
            elif total is None or gone_before or base is None:
                row["target"] = "NE"
            else:
                row["target"] = "PR" if Fraction(total) <= Fraction(7, 10) * base else "SD"
        states = [read.get(n, ("left out", None))[0] for n in others]
        if others:
            if not baseline:
                row["nontarget"] = "NE"
            elif "unequivocal_progression" in states:
                row["nontarget"] = "PD"
            elif "left out" in states or "not_evaluable" in states:
                row["nontarget"] = "NE"
            else:
                row["nontarget"] = "CR" if set(states) == {"absent"} else "NON-CR/NON-PD"
        certain = suspected = unknown = False
        for n, (role, _, _) in inside.items():
            if role != "new":
                continue
            state = read.get(n, ("left out", None))[0]
            unknown |= state == "not_evaluable"
            certain |= state == "present"
            if state == "equivocal":
                # Look ahead until it is certain, or gone.
                for _, later in points[i + 1 :]:
                    then = later.get(n, ("left out", None))[0]
                    if then in ("absent", "left out"):
                        break
                    suspected |= then == "present"
        row["new_lesion"] = certain or suspected
        t, nt = row["target"], row["nontarget"]
        if not baseline:
            overall = "NE"
        elif "PD" in (t, nt) or row["new_lesion"]:
            overall = "PD"
        elif t is None and nt is None:
            overall = "NED"
        elif t is None or t == "CR":
            if nt in ("CR", None):
                overall = "NE" if unknown else "CR"
            elif t == "CR":
                overall = "PR"
            else:
                overall = nt
        else:
            overall = t
        visible = any(size(n, read) is not None and not normal(n, read) for n in targets)
        visible |= any(s == "present" and not inside[n][1] for n, s in zip(others, states, strict=True))
        row["same_after_cr"] = had_cr and not visible and overall not in ("CR", "PD")
        if had_cr and visible and overall != "PD" and criteria["cr_then_pr"] == "pd":
            overall = "PD"
        had_cr |= overall == "CR"
        row |= {"overall": overall, "nadir": nadir, "sum": total}
        if total is not None:
            nadir = total if nadir is None else min(nadir, total)
        out.append(row)
    return out


def best_of(rows: list[dict], has_targets: bool, criteria: dict) -> tuple[str, str]:
    """Return the best response of one series, unconfirmed and confirmed."""
    if not rows:
        return "MISSING", "MISSING"
    counting = []
    for row in rows:
        counting.append(row)
        if row["overall"] == "PD":
            break
    order = ["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NED", "NE"]
    late = [r["day"] >= criteria["min_sd_days"] for r in counting]
    plain, confirmed = [], []
    for i, row in enumerate(counting):
        response = row["overall"]
        if response in ("SD", "NON-CR/NON-PD") and not late[i]:
            response = "NE"
        plain.append(response)
        if response in ("CR", "PR"):
            response = "NE" if not late[i] else "SD" if has_targets else "NON-CR/NON-PD"
            first = row["overall"]
            ne = sd = 0
            complete = False
            for later in counting[i + 1 :] if not row["same_after_cr"] else []:
                then = "NE" if later["same_after_cr"] else later["overall"]
                if then == "CR" or (then == "PR" and first == "PR" and not complete):
                    if later["day"] - row["day"] >= criteria["confirmation_interval_days"]:
                        response = first
                        break
                    complete |= then == "CR"
                elif then == "NE":
                    ne += 1
                elif then == "SD" and first == "PR":
                    sd += 1
                else:
                    break
                if ne > criteria["max_not_evaluable"] or sd > criteria["accept_sd"]:
                    break
        confirmed.append(response)
    return min(plain, key=order.index), min(confirmed, key=order.index)


def as_tables(patients: list[dict]) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    lesions, scans, measurements, ids = [], [], [], []
    for p, patient in enumerate(patients):
        who = {"patient_id": f"P{p:04d}"}
        ids.append(who["patient_id"])
        for name, (role, nodal, place) in patient["lesions"].items():
            lesions.append(
                who | {"lesion_id": name, "evaluator": "reader", "role": role, "nodal": nodal, "site": place}
            )
        for k, (day, read) in enumerate(patient["points"]):
            scan = f"{p}-{k}"
            scans.append(who | {"scan_id": scan, "scan_date": DAY_0 + pd.Timedelta(days=day)})
            for name, (status, um) in read.items():
                column = "short_axis_um" if patient["lesions"][name][1] else "longest_diameter_um"
                reading = {"measurement_id": f"{scan}-{name}", "lesion_id": name, "scan_id": scan, "status": status}
                measurements.append(who | reading | ({} if um is None else {column: um}))
    tables = {
        "lesions": table("lesions", lesions),
        "scans": table("scans", scans),
        "measurements": table("measurements", measurements),
        "therapies": table("therapies", []),
    }
    included = pd.DataFrame({"patient_id": ids, "origin_date": DAY_0, "last_administration_date": DAY_0})
    return tables, included.astype({"origin_date": "datetime64[us]", "last_administration_date": "datetime64[us]"})


def study(**changes) -> dict:
    settings = default_study()
    settings["response"] |= changes
    settings["compartments"] = [
        {"id": c, "where": {"column": "site", "equals": c}, "measure_axis": "nodal_rule"} for c in COMPARTMENTS
    ]
    return settings


@pytest.mark.parametrize(
    ("seed", "changes"),
    [
        (1, {}),
        (2, {"cr_then_pr": "flag", "accept_sd": 1}),
        (3, {"max_not_evaluable": 0, "min_sd_days": 70, "confirmation_interval_days": 40}),
    ],
)
def test_every_time_point_and_every_best_response_agree(seed, changes):
    patients = random_patients(250, seed)
    tables, included = as_tables(patients)
    settings = study(**changes)
    result = recist(tables, included, settings)
    points = result["timepoint_responses"].set_index(["patient_id", "compartment", "day"])
    best = result["best_responses"].set_index(["patient_id", "compartment"])
    right = {}
    for p, patient in enumerate(patients):
        for where in (*COMPARTMENTS, WHOLE):
            rows = reference(patient, where, settings["response"])
            mine = [v for v in patient["lesions"].values() if where in (WHOLE, v[2])]
            roles = [v[0] for v in mine]
            for row in rows:
                key = (f"P{p:04d}", where, row["day"])
                right[key] = (
                    row["target"],
                    row["nontarget"],
                    row["new_lesion"],
                    row["overall"],
                    row["nadir"],
                    row["sum"],
                )
            expected = best_of(rows, "target" in roles, settings["response"])
            if not rows and any(d <= 0 for d, _ in patient["points"]) and not {"target", "nontarget"} & set(roles):
                expected = ("NED", "NED")
            seen = best.loc[(f"P{p:04d}", where)]
            assert (seen["best_response"], seen["confirmed_response"]) == expected, (patient, where, rows)
    assert len(points) == len(right)
    overall = points["overall_response"].value_counts()
    assert set(overall.index) == {"CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "NED"}, "all categories must occur"
    for key, expected in right.items():
        row = points.loc[key]
        seen = (
            *(None if pd.isna(row[c]) else row[c] for c in ("target_response", "nontarget_response")),
            bool(row["new_lesion"]),
            row["overall_response"],
            None if pd.isna(row["nadir_mm"]) else round(row["nadir_mm"] * 1000),
            round(row["sum_mm"] * 1000) if row["sum_complete"] else None,
        )
        assert seen == expected, (key, row["sentence"])
