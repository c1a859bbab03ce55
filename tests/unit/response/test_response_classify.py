"""The entry: who is analysed, day 0, contracts, and rows for those whom nobody read."""

import pandas as pd
import pytest

from acceptance.recist_harness import DAY_0, day, default_study, micrometres, registry, table, tables_of
from mesenluth.endpoints.response_rates import population_rows
from mesenluth.errors import ConfigurationError, TableError
from mesenluth.quality.engine import validate
from mesenluth.response.classify import classify
from mesenluth.response.compartments import assign, axes
from mesenluth.response.eligibility import cohort, judge
from mesenluth.response.origins import new_therapy_dates, origins
from mesenluth.tables.extracted import UNREADABLE
from mesenluth.tables.io import empty, to_arrow
from mesenluth.tables.portions import portions
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS

PRRT = {"column": "product", "in": ["177Lu-DOTATATE"]}
LU = "177Lu-DOTATATE"


def dose(patient, name, number, product=LU, gbq=7.4):
    return {
        "patient_id": patient, "administration_id": name, "administration_date": day(number), "product": product,
        "activity_gbq": gbq,
    }  # fmt: skip


def test_day_0_is_the_first_administration_of_the_study_treatment():
    rows = [
        dose("a", "1", 60, gbq=7.2), dose("a", "2", 0), dose("a", "3", -30, "90Y-DOTATOC"),
        dose("b", "4", 5), dose("b", "5", 65, gbq=None), dose("c", "6", 5, "other"), dose("d", "7", 5, "177Lu-DOTATOC"),
    ]  # fmt: skip
    found = origins(table("administrations", rows), PRRT).set_index("patient_id")
    assert found["origin_date"].to_dict() == {"a": day(0), "b": day(5)}
    assert found["last_administration_date"].to_dict() == {"a": day(60), "b": day(65)}
    assert found["administrations"].to_dict() == {"a": 2, "b": 2}
    assert found.loc["a", "activity_gbq"] == pytest.approx(14.6)
    # A part of a sum is no sum.
    assert pd.isna(found.loc["b", "activity_gbq"])


def test_only_therapies_after_day_0_are_new():
    rows = [
        {"patient_id": p, "therapy_id": f"{p}{i}", "type": t, "start_date": day(d)}
        for i, (p, t, d) in enumerate(
            [("a", "chemotherapy", -90), ("a", "everolimus", 200), ("a", "chemotherapy", 300),
             ("b", "chemotherapy", 0), ("c", "somatostatin_analogue", 100)]
        )
    ]  # fmt: skip
    day0 = pd.DataFrame({"patient_id": ["a", "b", "c"], "origin_date": pd.Series([DAY_0] * 3).astype("datetime64[us]")})
    found = new_therapy_dates(table("therapies", rows), day0, ["chemotherapy", "everolimus"])
    assert found.to_dict("list") == {"patient_id": ["a"], "new_therapy_date": [day(200)]}


def people(**sites):
    return [{"patient_id": p, "centre": "C1", **about} for p, about in sites.items()]


ILEUM = {"primary_site": "ileum", "stage": "metastatic"}


def mass(patient, mm, short=None, **more):
    return [
        {"patient_id": patient, "lesion_id": f"{patient}-M", "evaluator": "reader", "role": "target", "nodal": False}
        | {"mesenteric_mass": True, "retractile": True} | more
    ], [
        {"patient_id": patient, "measurement_id": f"{patient}-1", "lesion_id": f"{patient}-M",
         "scan_id": f"{patient}-S", "status": "measured", "longest_diameter_um": micrometres(mm)}
    ]  # fmt: skip


def default_registry():
    """Return seven patients: one who meets every criterion, and one for each way of not meeting one."""
    lesions, measurements = [], []
    for patient, about in {
        "a": (30, {}), "b": (30, {}), "c": (30, {}), "d": (19.9, {}), "e": (30, {"retractile": None}),
        "f": (30, {"retractile": False}), "g": (30, {}),
    }.items():  # fmt: skip
        more, sizes = mass(patient, about[0], **about[1])
        lesions += more
        measurements += sizes
    return registry(
        patients=people(
            a=ILEUM, b=ILEUM | {"primary_site": "pancreas"}, c=ILEUM, d=ILEUM, e=ILEUM, f=ILEUM,
            g=ILEUM | {"stage": None},
        ),
        administrations=[dose(p, p, 0) for p in "abdefg"],
        scans=[{"patient_id": p, "scan_id": f"{p}-S", "scan_date": day(-7)} for p in "abcdefg"],
        lesions=lesions,
        measurements=measurements,
    )  # fmt: skip


def test_eligibility_of_the_default_study(study):
    tables = default_registry()
    verdicts = judge(tables, study)
    wide = verdicts.pivot(index="patient_id", columns="criterion", values="status")
    assert wide.loc["a"].tolist() == ["met"] * 4
    assert wide.loc["g", "advanced_si_net"] == "unknown"
    assert wide.loc["c", "prrt"] == "not_met"
    assert wide.loc["c", "mesenteric_mass"] == "not_met"
    assert wide.loc["e", ["mesenteric_mass", "retractile"]].tolist() == ["met", "unknown"]
    people_ = cohort(verdicts, tables["patients"], origins(tables["administrations"], PRRT)).set_index("patient_id")
    assert people_.index[people_["included"]].tolist() == ["a"]
    why = people_[["excluded_by", "excluded_because"]].astype(object).apply(tuple, axis=1)
    assert why.drop("a").to_dict() == {
        "b": ("advanced_si_net", "not_met"),
        "c": ("prrt", "not_met"),
        "d": ("mesenteric_mass", "not_met"),
        "e": ("retractile", "unknown"),
        "f": ("retractile", "not_met"),
        "g": ("advanced_si_net", "unknown"),
    }


def test_at_least_so_many_rows():
    """Two certain rows meet two; one certain and one unknown row may; one certain row does not."""
    tables = registry(
        patients=people(a={}, b={}, c={}),
        administrations=[
            dose("a", "1", 0), dose("a", "2", 60), dose("b", "3", 0), dose("b", "4", 60, gbq=None), dose("c", "5", 0),
        ],
    )  # fmt: skip
    settings = default_study()
    where = {"column": "activity_gbq", "at_least": 7}
    settings["population"] = {"eligibility": [{"id": "two", "table": "administrations", "where": where, "at_least": 2}]}
    assert judge(tables, settings).set_index("patient_id")["status"].to_dict() == {
        "a": "met",
        "b": "unknown",
        "c": "not_met",
    }


def test_a_criterion_about_an_unknown_table_is_refused():
    settings = default_study()
    settings["population"] = {"eligibility": [{"id": "x", "table": "lungs", "where": PRRT}]}
    with pytest.raises(ConfigurationError, match=r"eligibility\[0\].table"):
        judge(registry(), settings)


def test_all_contracts_are_kept_and_written(study):
    tables = default_registry()
    result = classify(tables, study)
    assert sorted(result) == [
        "best_density_responses", "best_responses", "clinical_responses", "cohort", "complications",
        "density_responses", "eligibility", "growth_rates", "lesion_changes", "metabolic_responses",
        "progression_disagreements", "reader_pairs", "response_disagreements", "timepoint_responses",
    ]  # fmt: skip
    empty = classify(registry(), study)
    for name, frame in result.items():
        to_arrow(frame, RESULTS[name])
        assert frame.dtypes.equals(empty[name].dtypes), name


def test_empty_registry(study):
    assert {k: len(v) for k, v in classify(registry(), study).items() if len(v)} == {}


def test_a_missing_table_is_named(study):
    tables = registry()
    del tables["uptake"]
    with pytest.raises(TableError, match="uptake"):
        classify(tables, study)


def test_a_missing_section_is_named(study):
    with pytest.raises(ConfigurationError, match="compartments"):
        classify(registry(), {k: v for k, v in study.items() if k != "compartments"})


@pytest.mark.parametrize("name", ["metabolic", "clinical"])
def test_an_alternative_that_there_is_none_of_is_refused(study, name):
    key, value = {"metabolic": ("method", "tlg"), "clinical": ("rule", "patient")}[name]
    study[name] = study[name] | {key: value}
    with pytest.raises(ConfigurationError, match=f"{name}.{key}"):
        classify(registry(), study)


def test_only_the_included_are_read(study):
    result = classify(default_registry(), study)
    assert set(result["lesion_changes"]["patient_id"]) == {"a"}
    assert result["cohort"].groupby("included").size().to_dict() == {False: 6, True: 1}


def two_readers(evaluators, primary="investigator", **response):
    """Return best responses: patient a is read by both, b by the central reader only, c by nobody."""
    settings = default_study() | {"evaluators": evaluators, "primary_evaluator": primary}
    settings["response"].update(response)
    lesions = [
        {"patient_id": p, "lesion_id": f"{p}{e}", "evaluator": e, "role": "target", "nodal": False}
        for p, e in (("a", "investigator"), ("a", "central"), ("b", "central"), ("c", "central"))
    ]
    return classify(
        registry(
            patients=people(a={}, b={}, c={}),
            administrations=[dose(p, p, 0) for p in "abc"],
            scans=[{"patient_id": p, "scan_id": f"{p}{d}", "scan_date": day(d)} for p in "abc" for d in (-5, 60)],
            lesions=lesions,
            measurements=[
                {"patient_id": x["patient_id"], "measurement_id": f"{x['lesion_id']}{d}", "lesion_id": x["lesion_id"],
                 "scan_id": f"{x['patient_id']}{d}", "status": "measured", "longest_diameter_um": 30_000}
                for x in lesions[:3] for d in (-5, 60)
            ],
        ),
        settings,
    )["best_responses"].set_index(["patient_id", "evaluator"])["best_response"]  # fmt: skip


def test_the_primary_evaluator_has_a_row_for_everybody():
    assert two_readers([]).to_dict() == {
        ("a", "central"): "SD",
        ("a", "investigator"): "SD",
        ("b", "central"): "SD",
        ("b", "investigator"): "MISSING",
        ("c", "investigator"): "MISSING",
    }


def test_a_patient_nobody_read_may_count_as_not_evaluable():
    found = two_readers([], missing_as_ne=True)
    assert found[[("b", "investigator"), ("c", "investigator")]].tolist() == ["NE", "NE"]


@pytest.mark.parametrize(("as_ne", "word"), [(False, "MISSING"), (True, "NE")])
def test_a_baseline_with_nothing_after_it_is_missing_or_ne(as_ne, word):
    study = default_study()
    study["response"]["missing_as_ne"] = as_ne
    tables = registry(
        patients=people(a={}),
        administrations=[dose("a", "a", 0)],
        scans=[{"patient_id": "a", "scan_id": "s", "scan_date": day(-5)}],
        lesions=[{"patient_id": "a", "lesion_id": "x", "evaluator": "investigator", "role": "target", "nodal": False}],
        measurements=[
            {"patient_id": "a", "measurement_id": "m", "lesion_id": "x", "scan_id": "s", "status": "measured",
             "longest_diameter_um": 30_000}
        ],
    )  # fmt: skip
    study["primary_evaluator"] = "investigator"
    row = classify(tables, study)["best_responses"].iloc[0]
    assert row[["best_response", "confirmed_response", "rule"]].tolist() == [word, word, "best.missing.no_assessment"]
    assert row["reason"] == "There is no assessment after baseline."


def test_only_the_chosen_evaluators_are_analysed():
    assert two_readers(["central"]).to_dict() == {
        ("a", "central"): "SD",
        ("b", "central"): "SD",
        ("c", "investigator"): "MISSING",
    }
    assert two_readers(["central"], "central").to_dict() == {
        ("a", "central"): "SD",
        ("b", "central"): "SD",
        ("c", "central"): "MISSING",
    }


def test_without_day_0_there_is_no_response():
    tables = two_without_day_0()
    best = classify(tables, default_study())["best_responses"].set_index("patient_id")
    assert best["best_response"].to_dict() == {"a": "MISSING", "b": "MISSING"}
    assert best["rule"].unique().tolist() == ["best.missing.no_day_0"]
    assert best["has_baseline"].tolist() == [False, False]


def two_without_day_0():
    lesions, measurements = mass("a", 30)
    return registry(
        patients=people(a={}, b={}),
        scans=[{"patient_id": "a", "scan_id": "a-S", "scan_date": day(-7)}],
        lesions=lesions,
        measurements=measurements,
    )


def lesions_at(*about):
    base = {"patient_id": "a", "evaluator": "reader", "role": "target", "nodal": False}
    return table("lesions", [base | {"lesion_id": str(i)} | x for i, x in enumerate(about)])


def test_a_lesion_lies_in_the_first_compartment_that_is_true(study):
    rows = lesions_at({"mesenteric_mass": True}, {"mesenteric_mass": False}, {"mesenteric_mass": None})
    assert assign(rows, study["compartments"]).tolist() == [0, 1, -1]
    both = [
        {"id": "x", "where": {"column": "role", "equals": "target"}, "measure_axis": "short"},
        *study["compartments"],
    ]
    assert assign(rows, both).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("axis", "by_short_axis", "as_node"),
    [
        ("longest", [False, False], [False, False]),
        ("short", [True, True], [False, True]),
        ("nodal_rule", [False, True], [False, True]),
    ],
)
def test_the_axis_of_a_compartment(axis, by_short_axis, as_node):
    """First another lesion, then a node."""
    rows = lesions_at({"site": "a"}, {"site": "a", "nodal": True})
    compartments = [{"id": "x", "where": {"column": "site", "equals": "a"}, "measure_axis": axis}]
    found = axes(assign(rows, compartments), rows["nodal"].to_numpy(dtype=bool), compartments)
    assert [f.tolist() for f in found] == [by_short_axis, as_node]


def test_an_unknown_axis_is_refused():
    rows = lesions_at({"site": "a"})
    compartments = [{"id": "x", "where": {"column": "site", "equals": "a"}, "measure_axis": "oblique"}]
    with pytest.raises(ConfigurationError, match=r"compartments\[0\].measure_axis"):
        axes(assign(rows, compartments), rows["nodal"].to_numpy(dtype=bool), compartments)


def test_every_registry_table_is_read_by_name():
    assert set(registry()) == set(REGISTRY)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_few_patients_at_a_time_give_what_all_at_once_give(study, size):
    tables = default_registry()
    arrow = {name: to_arrow(tables[name], contract) for name, contract in REGISTRY.items()}
    parts = [classify(part, study) for part in portions(arrow, REGISTRY, size)]
    for name, whole in classify(tables, study).items():
        joined = pd.concat([part[name] for part in parts], ignore_index=True)
        pd.testing.assert_frame_equal(joined, whole.reset_index(drop=True), obj=name)


def test_a_doubtful_day_0_is_marked_and_not_shifted_in_silence():
    """The first cycle of P1 is in quarantine: day 0 becomes the second one, and the patient says so."""
    case = {
        "lesions": {"A": {"role": "target"}},
        "assessments": [{"day": -5, "A": 40}, {"day": 90, "A": 30}],
        "id": "x",
    }
    tables, study = tables_of(case), default_study()
    tables["patients"] = table("patients", [{"patient_id": p, "centre": "C1"} for p in ("P1", "P2")])
    tables["administrations"] = table(
        "administrations", [dose("P1", "D1", 0, gbq=74.0), dose("P1", "D2", 56), dose("P2", "D3", 0)]
    )
    judged = validate(tables, empty(UNREADABLE), study)
    result = classify({**judged.accepted, "findings": judged.findings}, study)
    people_ = result["cohort"].set_index("patient_id")
    assert people_["origin_doubtful"].to_dict() == {"P1": True, "P2": False}
    assert people_.loc["P1", "origin_date"] == day(56)
    assert people_["included"].all()
    counted = pd.DataFrame(population_rows(result, study)).set_index("statistic")
    assert counted.loc["included", "reason"].startswith("of these 1 whose day 0 is doubtful")
