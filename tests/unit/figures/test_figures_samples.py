"""Sample tables to draw from, of any number of patients, and the check that they keep their contracts."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from mesenluth.endpoints.agreement import reader_agreement
from mesenluth.endpoints.incidence import incidence_rows
from mesenluth.tables.io import conform, empty
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS

ROOT = Path(__file__).parents[3]
SIZES = (0, 1, 8, 52, 254, 10_000)
CRITERIA = ("advanced_si_net", "prrt", "mesenteric_mass", "retractile")
DAY_0 = pd.Timestamp("2015-01-15")
COMPARTMENTS = ("mesenteric", "non_mesenteric", "whole_patient")


def study(language: str = "en", **over: Any) -> dict[str, Any]:
    """Return the default study file in a language, with some sections replaced."""
    resolved = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    resolved["figures"]["language"] = language
    return {**copy.deepcopy(resolved), **over}


def table(name: str, **columns: Any) -> pd.DataFrame:
    """Return a table of `RESULTS` from some of its columns, the others missing."""
    contract = RESULTS[name]
    frame = pd.DataFrame(columns)
    return conform(frame.reindex(columns=contract.column_names), contract)


def best_responses(patients: list[str], seed: int) -> pd.DataFrame:
    """Return three series a patient: mostly stable in the mesentery, more change elsewhere."""
    rng, parts = np.random.default_rng(seed), []
    n = len(patients)
    for i, compartment in enumerate(COMPARTMENTS):
        change = np.round(rng.normal((-2, -12, -9)[i], (9, 24, 18)[i], n), 1)
        change = np.clip(change, -100, None)
        none = rng.random(n) < (0.02, 0.06, 0.0)[i]
        response = np.select([change <= -99, change <= -30, change >= 20], ["CR", "PR", "PD"], default="SD")
        response = np.where(none, rng.choice(["NED", "NE", "MISSING"], n), response)
        parts.append(
            pd.DataFrame(
                {
                    "patient_id": patients, "compartment": compartment, "evaluator": "investigator",
                    "has_baseline": True, "targets": np.where(response == "NED", 0, 2), "nontargets": 1,
                    "timepoints": np.where(response == "MISSING", 0, 4), "best_response": response,
                    "confirmed_response": response, "rule": "sample", "reason": "sample",
                    "best_change_percent": np.where(none, np.nan, change),
                }
            )
        )  # fmt: skip
    return table("best_responses", **pd.concat(parts, ignore_index=True).to_dict("series"))


def growth_rates(patients: list[str], seed: int) -> pd.DataFrame:
    """Return rates of most patients: about 5 % of volume a month before the treatment, about 0 under it."""
    rng, parts = np.random.default_rng(seed), []
    n = len(patients)
    for compartment in COMPARTMENTS:
        for period, mean in (("before", 5.0), ("early", -0.5)):
            rate = np.round(rng.normal(mean, 4.0, n), 6)
            some = rng.random(n) < (0.6 if period == "before" else 0.9)
            parts.append(
                pd.DataFrame(
                    {
                        "patient_id": patients, "compartment": compartment, "evaluator": "investigator",
                        "period": period, "targets": 2, "used": np.where(some, 2, 1), "growth_percent_per_month": rate,
                    }
                )
            )  # fmt: skip
    return table("growth_rates", **pd.concat(parts, ignore_index=True).to_dict("series"))


def growth_estimates(rates: pd.DataFrame) -> list[dict[str, Any]]:
    """Return medians, quartiles and the sign test of `growth_rates` as rows of `estimates`."""
    rows = []
    known = rates[rates["used"] == rates["targets"]]
    for compartment in COMPARTMENTS:
        of = known[known["compartment"] == compartment]
        of = of.pivot(index="patient_id", columns="period", values="growth_percent_per_month")
        both = of.reindex(columns=["before", "early"]).astype("float64")
        about = {
            "endpoint": "tumour_growth_rate", "compartment": compartment, "population": "evaluable",
            "evaluator": "investigator", "definition": "study", "unit": "percent/month", "text": "sample",
        }  # fmt: skip
        for period in ("before", "early"):
            values = both[period].dropna()
            for method, q in (("median", 0.5), ("lower quartile", 0.25), ("upper quartile", 0.75)):
                rows.append(
                    {**about, "statistic": f"growth_{period}", "method": method, "numerator": len(values),
                     "estimate": float(values.quantile(q)) if len(values) else None}
                )  # fmt: skip
        paired = both.dropna()
        rows.append(
            {**about, "statistic": "growth_test", "method": "exact sign test", "denominator": len(paired),
             "numerator": int((paired["early"] < paired["before"]).sum())}
        )  # fmt: skip
    return rows


def timepoint_responses(best: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return three time points a series; at the last one in six shows progression by a new lesion."""
    rng = np.random.default_rng(seed)
    new = rng.random(len(best)) < 1 / 6
    parts = []
    for k in (1, 2, 3):
        days = k * 150 + rng.integers(-20, 20, len(best))
        date = DAY_0 + pd.to_timedelta(days, unit="D")
        shows = new & (k == 3)
        change = best["best_change_percent"] * (k / 2 if k < 3 else 0.9)
        responds = (change <= -30) & ~shows
        overall = np.select([shows, responds], ["PD", "PR"], "SD")
        parts.append(
            pd.DataFrame(
                {
                    "patient_id": best["patient_id"], "compartment": best["compartment"],
                    "evaluator": best["evaluator"], "timepoint": k, "day": days, "assessment_date": date,
                    "last_date": date, "targets": 2, "targets_evaluated": 2, "new_lesion": shows,
                    "equivocal_lesion": False, "change_from_baseline_percent": change, "overall_response": overall,
                    "response_date": date, "progression_date": date.where(shows), "counted": True,
                    "rule": "sample", "sentence": "sample",
                }
            )
        )  # fmt: skip
    return table("timepoint_responses", **pd.concat(parts, ignore_index=True).to_dict("series"))


def registry_tables(patients: list[str], seed: int) -> dict[str, pd.DataFrame]:
    """Return what swimmers are drawn from: four cycles, half a new therapy, a third dead, the others alive at the end."""
    rng, n = np.random.default_rng(seed), len(patients)
    ends = DAY_0 + pd.to_timedelta(rng.integers(500, 3000, n), unit="D")
    therapy = rng.random(n) < 0.5
    dead = rng.random(n) < 1 / 3
    ids = np.array(patients, dtype=object)
    given = pd.DataFrame(
        {
            "patient_id": np.repeat(ids, 4), "cycle_number": np.tile([1, 2, 3, 4], n), "product": "177Lu-DOTATATE",
            "administration_date": DAY_0 + pd.to_timedelta(np.tile([0, 56, 112, 168], n), unit="D"), "activity_gbq": 7.4,
        }
    )  # fmt: skip
    rows = {
        "administrations": given,
        "therapies": pd.DataFrame(
            {"patient_id": ids[therapy], "type": "everolimus",
             "start_date": (DAY_0 + pd.to_timedelta(rng.integers(200, 480, n), unit="D"))[therapy]}
        ),
        "follow_up": pd.DataFrame(
            {"patient_id": ids, "follow_up_date": ends, "vital_status": np.where(dead, "dead", "alive")}
        ),
    }  # fmt: skip
    found = {}
    for name in ("administrations", "therapies", "follow_up", "scans", "symptoms", "adverse_events"):
        contract = REGISTRY[name]
        frame = rows.get(name, empty(contract))
        keys = {c: [f"{name}{i}" for i in range(len(frame))] for c in ("record_id", *contract.key)}
        found[name] = conform(frame.assign(**keys).reindex(columns=contract.column_names), contract)
    return found


def metabolic_responses(patients: list[str], seed: int) -> pd.DataFrame:
    """Return a pair of Krenning scores a series: most stay, one in eight falls, one in twenty has none."""
    rng, parts = np.random.default_rng(seed), []
    n = len(patients)
    for compartment in COMPARTMENTS:
        before = rng.integers(2, 5, n).astype(float)
        after = before - (rng.random(n) < 1 / 8)
        before[rng.random(n) < 1 / 20] = np.nan
        responded = after < before
        parts.append(
            pd.DataFrame(
                {
                    "patient_id": patients, "compartment": compartment, "method": "krenning_drop",
                    "score": "Krenning score", "baseline_value": before, "best_value": after,
                    "category": np.where(np.isnan(before), "NE", np.where(responded, "PMR", "SMD")),
                    "response": np.where(np.isnan(before), "not_evaluable", np.where(responded, "response", "no_response")),
                    "rule": "sample", "reason": "sample", "sentence": "sample",
                }
            )
        )  # fmt: skip
    return table("metabolic_responses", **pd.concat(parts, ignore_index=True).to_dict("series"))


def follow_up_by_centre(centres: int) -> pd.DataFrame:
    """Return centres with ever fewer patients, the small ones together and all of them."""
    rows = [
        {"row": "centre", "centre": f"CENTRE-{i:02d}", "centres": 1, "patients": 5 + centres - i, "scans": 40,
         "estimate": 30.0 + i, "ci_low": 12.5, "ci_high": 80.0 if i % 3 else None}
        for i in range(centres)
    ]  # fmt: skip
    rows += [{"row": r, "centres": 3 + centres, "patients": 9, "scans": 80, "estimate": 40.0, "ci_low": 20.0,
              "ci_high": 70.0} for r in ("small_centres", "all_centres")]  # fmt: skip
    frame = pd.DataFrame(rows if centres else []).assign(confidence=0.95, method="log-log")
    return table("follow_up_by_centre", **frame.assign(position=range(1, len(frame) + 1)).to_dict("series"))


def curve(endpoint: str, compartment: str, n: int, median: float, seed: int) -> pd.DataFrame:
    """Return a Kaplan-Meier curve of `n` patients with exponential times and uniform censoring."""
    if n == 0:
        return empty(RESULTS["curves"])
    rng = np.random.default_rng(seed)
    event_time, end = rng.exponential(median / np.log(2), n), rng.uniform(6, 96, n)
    days = np.maximum(np.round(np.minimum(event_time, end) * 30.4375), 1)
    frame = pd.DataFrame({"days": days, "n_event": event_time <= end, "n_censored": event_time > end})
    times = frame.groupby("days").sum().astype("int64").reset_index()
    times["n_at_risk"] = n - (times["n_event"] + times["n_censored"]).cumsum().shift(fill_value=0)
    at_risk = times["n_at_risk"].to_numpy(float)
    s = np.cumprod(1 - times["n_event"] / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(np.cumsum(times["n_event"] / (at_risk * (at_risk - times["n_event"])))) / np.log(s)
        low, high = s ** np.exp(-1.96 * se), s ** np.exp(1.96 * se)
    times = times.assign(survival=s, ci_low=np.minimum(low, high), ci_high=np.maximum(low, high))
    zero = {"days": 0, "n_event": 0, "n_censored": 0, "n_at_risk": n, "survival": 1.0, "ci_low": 1.0, "ci_high": 1.0}
    times = pd.concat([pd.DataFrame([zero]), times], ignore_index=True)
    times["time_months"] = times["days"] / 30.4375
    about = {"endpoint": endpoint, "compartment": compartment, "evaluator": "investigator", "rule_set": "study"}
    return table("curves", **times.assign(**about, method="log-log").to_dict("series"))


def subgroup_curves(n: int, settings: dict[str, Any], seed: int) -> pd.DataFrame:
    """Return curves of two levels of each subgroup in the mass; none where both are too small."""
    parts = []
    for subgroup in settings["subgroups"]:
        for position, (level, size) in enumerate((("A", n // 2), ("B", n - n // 2)), 1):
            if size >= 2:
                of = curve("progression_free_survival", "mesenteric", size, 60.0 * position, seed + position)
                parts.append(of.assign(subgroup=subgroup["id"], level=level, position=position))
    if not parts:
        return empty(RESULTS["subgroup_curves"])
    return table("subgroup_curves", **pd.concat(parts, ignore_index=True).to_dict("series"))


def median_row(curve: pd.DataFrame) -> dict[str, Any]:
    """Return the median of a curve as the row of `estimates`: the first time at which half or fewer are free."""
    reached = curve[curve["survival"] <= 0.5]
    high = curve[curve["ci_high"] <= 0.5]
    low = curve[curve["ci_low"] <= 0.5]
    first = [float(f["time_months"].iloc[0]) if len(f) else np.nan for f in (reached, low, high)]
    return {
        "endpoint": curve["endpoint"].iloc[0], "compartment": curve["compartment"].iloc[0], "population": "included",
        "evaluator": "investigator", "definition": "study", "statistic": "median", "method": "log-log",
        "estimate": first[0], "ci_low": first[1], "ci_high": first[2], "confidence": 0.95, "unit": "months",
        "text": "not reached" if np.isnan(first[0]) else f"{first[0]:.1f}",
    }  # fmt: skip


def share_row(endpoint: str, compartment: str, x: int, n: int, **about: Any) -> dict[str, Any]:
    """Return a proportion as the row of `estimates`, with an interval of the normal kind cut to 0..1."""
    p = x / n
    by = 1.96 * np.sqrt((p * (1 - p) + 1 / n) / n)
    return {
        "endpoint": endpoint, "compartment": compartment, "population": "included", "evaluator": "investigator",
        "definition": "study", "statistic": "proportion", "method": "clopper-pearson", "numerator": x, "denominator": n,
        "estimate": p, "ci_low": max(p - by, 0), "ci_high": min(p + by, 1), "confidence": 0.95, "unit": "proportion",
        "text": f"{x}/{n}", **about,
    }  # fmt: skip


def forest_rows(n: int, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return headline proportions, and in the mass of each subgroup two levels, and one that is not shown."""
    if n == 0:
        return []
    rows = [
        share_row(
            e["id"], c, (n * (3 * i + j)) // 20, n, population="symptomatic" if e["kind"] == "clinical" else "included"
        )
        for i, e in enumerate(settings["endpoints"])
        if e["kind"] != "time_to_event"
        for j, c in enumerate(e.get("compartments") or ["mesenteric"])
    ]
    for i, subgroup in enumerate(settings["subgroups"]):
        of = {"population": "subgroup", "subgroup": subgroup["id"]}
        for level, size in (("A", n // 2), ("B", n - n // 2), ("not known", 0)):
            hidden = {"denominator": None, "numerator": None, "estimate": np.nan, "ci_low": np.nan, "ci_high": np.nan,
                      "text": "not shown", "method": "count"}  # fmt: skip
            extra = hidden if size < 2 else {}
            share = share_row("objective_response", "mesenteric", size // 10, max(size, 1), level=level, **of)
            times = {**share, "endpoint": "progression_free_survival"}
            rows += [share | extra, times | {"statistic": "median" if size else "events", "method": "log-log"} | hidden]
        ratio = {"estimate": 0.5 + i, "ci_low": 0.02 + i, "ci_high": 5.0 + 10 * i, "method": "Cox, against A"}
        rows.append(
            share_row("progression_free_survival", "mesenteric", 1, n, statistic="hazard_ratio", level="B", **of)
            | {**ratio, "unit": "hazard ratio"}
        )
    return rows


def incidence(compartment: str, n: int, seed: int, settings: dict[str, Any]) -> tuple[list[dict], pd.DataFrame]:
    """Return cumulative incidences of progression and death: estimates at the landmarks, and the curves."""
    rng = np.random.default_rng(seed)
    times = np.maximum(np.round(rng.exponential(60, n) * 30.4375), 1)
    kinds = [("event", "progression"), ("event", "death"), ("censored", "last_adequate_assessment")]
    status, reason = zip(*(kinds[k] for k in rng.integers(0, 3, n)), strict=True) if n else ((), ())
    rows = table(
        "time_to_event",
        patient_id=[f"P{i:06d}" for i in range(n)], endpoint="progression_free_survival", compartment=compartment,
        evaluator="investigator", rule_set="study", origin_date=pd.Timestamp("2020-01-15"),
        end_date=pd.Timestamp("2020-01-15"), time_days=times, time_months=times / 30.4375, status=list(status),
        reason_code=list(reason),
    )  # fmt: skip
    return incidence_rows(rows, settings)


def reader_pairs(patients: list[str], seed: int) -> pd.DataFrame:
    """Return what two readers measured at baseline and at two time points, in each compartment."""
    rng, parts = np.random.default_rng(seed), []
    n = len(patients)
    for compartment in COMPARTMENTS:
        size = rng.uniform(20, 150, n)
        for position in range(3 if n else 0):
            one, other = (np.round(size * rng.normal(1, 0.05, n), 1) for _ in "ab")
            missing = (rng.random(n) < 0.1) if position else np.zeros(n, bool)
            one = np.where(missing, np.nan, one)
            parts.append(
                pd.DataFrame(
                    {
                        "patient_id": patients, "compartment": compartment, "evaluator_a": "investigator",
                        "evaluator_b": "central", "position": position, "assessment": f"A{position}",
                        "matched_by": "assessment" if position else "baseline", "timepoint_a": position,
                        "timepoint_b": position, "sum_a_mm": one, "sum_b_mm": other, "difference_mm": one - other,
                        "counted_a": True, "counted_b": True, "reason": "sample", "sentence": "sample",
                    }
                )
            )  # fmt: skip
    if not parts:
        return empty(RESULTS["reader_pairs"])
    return table("reader_pairs", **pd.concat(parts, ignore_index=True).to_dict("series"))


def published_rows(settings: dict[str, Any]) -> pd.DataFrame:
    """Return one row a published item, one of them disagreeing, with definitions as long as real ones."""
    items = settings["published"]["items"]
    lang = settings["figures"]["language"]
    return table(
        "published_comparison",
        position=range(1, len(items) + 1),
        item=[i["label"][lang] for i in items],
        published=["2 of 52 (4%)", "4 of 52 (8%)", "50.3 months (38.2 to 61.7)"] * 3,
        computed=["2 of 52 (4%; 95% CI 0.5% to 13.2%)", "4 of 52 (8%)", "50.3 months (38.2 to 61.7)"] * 3,
        agrees=[True] * (len(items) - 1) + [False],
        definition=[
            "Best overall response by RECIST 1.1 until progression or new therapy, unconfirmed, longest diameter."
            f" Left open by the abstract: {i['open'][lang]}."
            for i in items
        ],
        note=["52 patients cannot show a rate below 5%: even 0 of 52 gives p = 0.069.", *[None] * (len(items) - 1)],
    )


def sensitivity(n: int, settings: dict[str, Any], seed: int, variants: int = 55) -> pd.DataFrame:
    """Return a grid of `variants` variants of the study's keys for `n` patients: most of them move nothing."""
    rng = np.random.default_rng(seed)
    vary = [(k, v) for k, values in settings["sensitivity"]["vary"].items() for v in values]
    rows = []
    own: dict[tuple[str, str], dict[str, Any]] = {}
    for position in range(variants + 1):
        key, value = vary[position % len(vary)]
        key = key.replace("*", COMPARTMENTS[position % 2])
        for e in settings["endpoints"]:
            median = e["kind"] == "time_to_event"
            for c in e.get("compartments", ["mesenteric"]):
                base = own.get((e["id"], c))
                x = int(rng.integers(0, n + 1)) if base is None or rng.random() < 0.1 else base["numerator"]
                share = x / n if n else None
                estimate = share if not median or share is None else 100 * share if share > 1 / 3 else None
                row = {
                    "position": position, "endpoint": e["id"], "compartment": c, "evaluator": "investigator",
                    "statistic": "median" if median else "proportion", "numerator": x, "denominator": n,
                    "estimate": estimate, "ci_low": None if estimate is None else 0.6 * estimate,
                    "ci_high": None if estimate is None else min(1.3 * estimate + 0.02, 80.0 if median else 1.0),
                    "text": f"{x}/{n}", "variant": f"{key} = {value}" if position else "as the study file says",
                    "key": key if position else None, "value": str(value) if position else None,
                    "study_value": "another" if position else None,
                }  # fmt: skip
                first = own.setdefault((e["id"], c), row)
                both = estimate is not None and first["estimate"] is not None
                row |= {
                    "study_estimate": first["estimate"], "moved": x != first["numerator"],
                    "difference": estimate - first["estimate"] if both else None,
                }  # fmt: skip
                rows.append(row)
    return table("sensitivity", **pd.DataFrame(rows).to_dict("series"))


def picture(centres: int, seed: int) -> pd.DataFrame:
    """Return the picture of a registry of some centres, and of the whole of it, one item a category and table."""
    rng, rows = np.random.default_rng(seed), []
    for category in ("completeness", "conformance", "plausibility"):
        for name in REGISTRY:
            checked = rng.integers(0, 400, centres)
            failed = rng.binomial(checked, rng.choice([0, 0.01, 0.1, 0.6], centres))
            for i in range(centres):
                few = checked[i] < 5
                rows.append(
                    (category, name, f"CENTRE-{i:02d}", None if few else checked[i], None if few else failed[i])
                )
            rows.append((category, name, None, checked.sum(), failed.sum()))
    columns = list(zip(*rows, strict=True))
    return table("picture", category=columns[0], table=columns[1], item="sample", centre=columns[2],
                 checked=pd.array(columns[3], dtype="Int64"), failed=pd.array(columns[4], dtype="Int64"))  # fmt: skip


def habits(centres: int, seed: int) -> dict[str, pd.DataFrame]:
    """Return last digits, days and preferences of a registry: one centre rounds, one has too few values to show."""
    rng, places, rows = np.random.default_rng(seed), [], []
    for kind, values, expected, column in (
        ("digits", range(10), 20.0, ("measurements", "longest_diameter_um")),
        ("days", range(1, 32), 6.57, ("scans", "scan_date")),
    ):
        if centres:
            places += [(kind, *column, value, int(rng.integers(5, 90)), expected / 2) for value in values]
        for i in range(centres):
            n = int(rng.integers(20, 300))
            at = int(rng.binomial(n, 0.97 if i == 1 else expected / 100))
            rows.append((kind, *column, f"CENTRE-{i:02d}", *((None, None) if i == 2 else (n, at)), expected))
        if centres:
            rows.append((kind, *column, None, 500, int(5 * expected), expected))
    columns = ("kind", "table", "column", "place", "n", "expected_percent")
    of_places = dict(zip(columns, zip(*places, strict=True) if places else [()] * 6, strict=True))
    columns = ("kind", "table", "column", "centre", "n", "preferred", "expected_percent")
    shares = dict(zip(columns, zip(*rows, strict=True) if rows else [()] * 7, strict=True))
    return {"value_places": table("value_places", **of_places), "preferences": table("preferences", **shares)}


def tables(n: int, settings: dict[str, Any] | None = None, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Return every table that figures are drawn from, for `n` included patients."""
    settings = settings or study()
    rng = np.random.default_rng(seed)
    included = [f"P{i:06d}" for i in range(n)]
    excluded = [f"X{i:06d}" for i in range(4 * n)]
    cohort = table(
        "cohort",
        patient_id=included + excluded, centre="C01", included=[True] * n + [False] * len(excluded),
        origin_date=[DAY_0] * n + [pd.NaT] * len(excluded),
        excluded_by=[None] * n + list(rng.choice(CRITERIA, len(excluded))),
        excluded_because=[None] * n + list(rng.choice(["not_met", "not_met", "not_met", "unknown"], len(excluded))),
    )  # fmt: skip
    best = best_responses(included, seed)
    first_events = [incidence(c, n, seed + i, settings) for i, c in enumerate(COMPARTMENTS)]
    shapes = [
        ("progression_free_survival", "mesenteric", 140.0),
        ("progression_free_survival", "non_mesenteric", 50.0),
        ("progression_free_survival", "whole_patient", 38.0),
        ("overall_survival", "whole_patient", 90.0),
    ]
    curves = [curve(e, c, n, m, seed + i) for i, (e, c, m) in enumerate(shapes)]
    growth = growth_rates(included, seed)
    rows = [median_row(c) for c in curves if len(c)] + growth_estimates(growth) + forest_rows(n, settings)
    rows += [row for found, _ in first_events for row in found]
    incidences = [frame for _, frame in first_events if len(frame)] or [empty(RESULTS["incidence"])]
    columns = RESULTS["estimates"].column_names
    pairs = reader_pairs(included, seed)
    estimates = table("estimates", **pd.DataFrame(rows, columns=columns).to_dict("series"))
    return {
        "cohort": cohort,
        "best_responses": best,
        "timepoint_responses": timepoint_responses(best, seed),
        "incidence": conform(pd.concat(incidences, ignore_index=True), RESULTS["incidence"]),
        "growth_rates": growth,
        "curves": conform(pd.concat(curves, ignore_index=True), RESULTS["curves"]),
        "subgroup_curves": subgroup_curves(n, settings, seed),
        "estimates": estimates,
        "picture": picture(min(1 + n // 2, 60), seed),
        **habits(min(1 + n // 2, 60), seed),
        "published_comparison": published_rows(settings) if n else empty(RESULTS["published_comparison"]),
        "reader_pairs": pairs,
        "reader_agreement": reader_agreement({"reader_pairs": pairs, "best_responses": best}, settings),
        "sensitivity": sensitivity(n, settings, seed),
        "metabolic_responses": metabolic_responses(included, seed),
        "follow_up_by_centre": follow_up_by_centre(min(n, 90)),
        **registry_tables(included, seed),
    }


@pytest.mark.parametrize("n", [0, 1, 52])
def test_samples_keep_the_contracts(n):
    """A figure is only tested if what it is drawn from is what the workflow makes."""
    for name, frame in tables(n).items():
        contract = {**REGISTRY, **RESULTS}[name]
        pd.testing.assert_frame_equal(frame, conform(frame, contract))
        assert not frame.duplicated(list(contract.key)).any()
    assert int(tables(n)["cohort"]["included"].sum()) == n
