"""A variant in the grid is what a study with that definition computes by itself."""

from pathlib import Path

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


def test_every_variant_equals_a_study_of_its_own():
    vary = {
        "compartments.*.measure_axis": ["short"], "response.primary_confirmation": ["confirmed"],
        "response.min_sd_days": [84], "metabolic.method": ["suvmax"], "clinical.rule": ["any_improvement"],
        "time.month_days": [30], "survival.death": ["censor"], "statistics.km_interval": ["plain"],
    }  # fmt: skip
    study = study_with(vary, [["response.min_sd_days", "survival.death"]])
    found = grid(tables(), study)
    for position, variant in enumerate(variants(study)):
        own = variant.apply(study)
        rows = estimate({**tables(), **classify(tables(), own)}, own)["estimates"]
        rows = rows.astype(object).where(rows.notna(), None).to_dict("records")
        here = found[found["position"] == position]
        for selector in followed(study):
            wanted = find(rows, selector, own)
            mine = here[here["endpoint"] == selector["endpoint"]]
            mine = mine[mine["compartment"] == selector.get("compartment", mine["compartment"].iloc[0])]
            assert len(mine) == (wanted is not None)
            if wanted is not None:
                assert mine["text"].tolist() == [wanted["text"]], (variant.name, selector)
                assert mine["numerator"].tolist() == [wanted["numerator"]], (variant.name, selector)


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
