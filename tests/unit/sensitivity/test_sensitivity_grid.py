"""A variant in the grid is what a study with that definition computes by itself."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from acceptance.recist_harness import day, micrometres, registry
from mesenluth import study as studies
from mesenluth.endpoints.estimate import estimate
from mesenluth.endpoints.published import find
from mesenluth.response.classify import classify
from mesenluth.sensitivity.grid import followed, grid
from mesenluth.sensitivity.variants import variants
from mesenluth.tables.io import to_arrow
from mesenluth.tables.results import SENSITIVITY

ROOT = Path(__file__).resolve().parents[3]


def study_with(vary, pairs=()):
    """Return the default study with its own variants replaced."""
    study = studies.load(ROOT)
    study["sensitivity"] = {"vary": vary, "pairs": list(pairs)}
    return study


def tables():
    """Return two patients with a mesenteric mass: one shrinks on the long axis alone, one grows."""
    rows = {k: [] for k in ("patients", "administrations", "scans", "lesions", "measurements", "follow_up")}
    for patient, sizes in {"a": [(40, 30), (27, 29), (27, 29)], "b": [(40, 30), (42, 30), (60, 40)]}.items():
        who = {"patient_id": patient}
        rows["patients"].append(who | {"centre": "C1", "primary_site": "ileum", "stage": "metastatic"})
        rows["administrations"].append(
            who | {"administration_id": patient, "administration_date": day(0), "product": "177Lu-DOTATATE"}
        )
        rows["follow_up"].append(who | {"follow_up_id": patient, "follow_up_date": day(400), "vital_status": "alive"})
        rows["lesions"].append(
            who | {"lesion_id": patient, "evaluator": "investigator", "role": "target", "nodal": False,
                   "mesenteric_mass": True, "retractile": True}
        )  # fmt: skip
        for i, (longest, short) in enumerate(sizes):
            rows["scans"].append(who | {"scan_id": f"{patient}{i}", "scan_date": day(-10 + 100 * i)})
            rows["measurements"].append(
                who | {"measurement_id": f"{patient}{i}", "lesion_id": patient, "scan_id": f"{patient}{i}", "status": "measured",
                       "longest_diameter_um": micrometres(longest), "short_axis_um": micrometres(short)}
            )  # fmt: skip
    return registry(**rows)


def test_the_short_axis_moves_the_response_of_the_mass_and_nothing_else_of_it():
    study = study_with({"compartments.*.measure_axis": ["longest", "short"]})
    found = grid(tables(), study)
    to_arrow(found, SENSITIVITY)
    orr = found[(found["endpoint"] == "objective_response") & (found["compartment"] == "mesenteric")]
    assert orr[["position", "numerator", "denominator", "moved"]].values.tolist() == [
        [0, 1, 2, False], [1, 0, 2, True], [2, 1, 2, False], [3, 1, 2, False],
    ]  # fmt: skip
    short = orr[orr["position"] == 1].iloc[0]
    assert (short["key"], short["value"], short["study_value"]) == (
        "compartments.mesenteric.measure_axis",
        "short",
        "longest",
    )
    assert short["difference"] == pytest.approx(-0.5)


def many(n=14):
    """Return patients with everything a definition may be about: therapies, deaths, symptoms, uptake, complications."""
    rng = np.random.default_rng(7)
    rows = {k: [] for k in ("patients", "administrations", "scans", "lesions", "measurements", "follow_up", "therapies",
                            "symptoms", "adverse_events", "uptake")}  # fmt: skip
    for i in range(n):
        p = f"p{i:02d}"
        who = {"patient_id": p}
        mass = i % 5 > 0
        stage = "localised" if i == n - 1 else "metastatic"
        rows["patients"].append(who | {"centre": "C1", "primary_site": "ileum", "stage": stage})
        rows["administrations"] += [
            who | {"administration_id": f"{p}{k}", "administration_date": day(56 * k), "product": "177Lu-DOTATATE"}
            for k in range(1 + i % 2)
        ]  # fmt: skip
        dead = i % 4 == 0
        rows["follow_up"].append(
            who | {"follow_up_id": p, "follow_up_date": day(700 + 9 * i), "vital_status": "dead" if dead else "alive"}
        )
        if i % 3 == 0:
            rows["therapies"].append(
                who | {"therapy_id": p, "type": "everolimus", "start_date": day(250), "end_date": day(300)}
            )
        for k in range(5):
            rows["scans"].append(who | {"scan_id": f"{p}s{k}", "scan_date": day(-40 + 120 * k + i)})
        for j, mesenteric in enumerate((True, False)):
            lesion = f"{p}l{j}"
            rows["lesions"].append(
                who | {"lesion_id": lesion, "evaluator": "investigator", "role": "target", "nodal": mesenteric,
                       "mesenteric_mass": mesenteric and (mass or i == 0), "retractile": True}
            )  # fmt: skip
            size = 40 + i
            for k in range(5):
                size = max(int(size * rng.uniform(0.7, 1.25)), 6) if k else size
                state = "not_evaluable" if rng.random() < 0.1 and k else "measured"
                known = state == "measured"
                rows["measurements"].append(
                    who | {"measurement_id": f"{lesion}{k}", "lesion_id": lesion, "scan_id": f"{p}s{k}", "status": state,
                           "longest_diameter_um": micrometres(size) if known else None,
                           "short_axis_um": micrometres(max(size - 10 - 3 * k, 5)) if known else None}
                )  # fmt: skip
            for k in (0, 3):
                rows["uptake"].append(
                    who | {"uptake_id": f"{lesion}{k}", "lesion_id": lesion, "scan_id": f"{p}s{k}",
                           "tracer": "68Ga-DOTATATE" if k == 0 or i % 4 else "68Ga-DOTATOC",
                           "krenning": 4 - int(rng.integers(0, 3)) * (k > 0), "suvmax": 20.0 - k * float(rng.integers(0, 4))}
                )  # fmt: skip
        for term in ("abdominal_pain", "nausea"):
            for at in (-5, 100, 200):
                rows["symptoms"].append(
                    who | {"symptom_id": f"{p}{term}{at}", "symptom_date": day(at), "term": term,
                           "ctcae_grade": int(rng.integers(0, 4)), "mesenteric": bool(rng.random() < 0.6)}
                )  # fmt: skip
        rows["adverse_events"].append(
            who | {"adverse_event_id": p, "start_date": day(int(rng.integers(1, 240))), "term": "ileus",
                   "ctcae_grade": int(rng.integers(1, 5)), "mesenteric": bool(rng.random() < 0.6)}
        )  # fmt: skip
    return registry(**rows)


def test_every_variant_equals_a_study_of_its_own():
    """Every key that the default study varies, and patients on whom most of them move something."""
    default = studies.load(ROOT)
    vary = {key: values[-1:] for key, values in default["sensitivity"]["vary"].items()}
    study = study_with(vary, default["sensitivity"]["pairs"])
    vary["population.eligibility.prrt.at_least"] = [2, 3]
    # What no variant is followed by would be computed sixty times for nothing.
    headlines = {selector["endpoint"] for selector in followed(study)}
    study["endpoints"] = [e for e in study["endpoints"] if e["id"] in headlines]
    study["subgroups"] = []
    study["survival"]["rule_sets"] = ["study"]
    study["statistics"] |= {"landmarks_months": [], "rmst_months": None}
    given = many()
    found = grid(given, study)
    assert found.equals(grid(given, study, at_once=5))
    moved = 0
    for position, variant in enumerate(variants(study)):
        own = variant.apply(study)
        rows = estimate({**given, **classify(given, own)}, own)["estimates"]
        rows = rows.astype(object).where(rows.notna(), None).to_dict("records")
        here = found[found["position"] == position]
        moved += bool(here["moved"].any())
        for selector in followed(study):
            wanted = find(rows, selector, own)
            mine = here[(here["endpoint"] == selector["endpoint"]) & (here["statistic"] == selector["statistic"])]
            mine = mine[mine["compartment"] == selector.get("compartment", mine["compartment"].iloc[0])]
            if wanted is None:
                assert mine["numerator"].isna().all(), (variant.name, selector)
                continue
            for column in ("text", "numerator", "denominator", "estimate", "ci_low", "ci_high"):
                value = mine[column].iloc[0]
                assert wanted[column] is None if pd.isna(value) else value == wanted[column], (variant.name, column)
    assert moved > 15


def test_symptoms_of_any_cause_are_compared_with_those_of_the_mass_though_they_stand_elsewhere():
    """Attribution moves the headline from a compartment to the whole patient: it is one endpoint all the same."""
    symptoms = [
        {"patient_id": p, "symptom_id": f"{p}{at}", "symptom_date": day(at), "term": "abdominal_pain",
         "ctcae_grade": grade, "mesenteric": mesenteric}
        for p, mesenteric, grades in (("a", True, (2, 0)), ("b", False, (2, 2)))
        for at, grade in zip((-1, 100), grades, strict=True)
    ]  # fmt: skip
    given = {**tables(), "symptoms": registry(symptoms=symptoms)["symptoms"]}
    found = grid(given, study_with({"clinical.attributed": ["any"]}))
    clinical = found[found["endpoint"] == "clinical_response"]
    assert clinical[["position", "compartment", "numerator", "denominator", "moved"]].values.tolist() == [
        [0, "mesenteric", 1, 1, False],
        [1, "mesenteric", 1, 2, True],
    ]
