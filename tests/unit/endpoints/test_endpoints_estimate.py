"""From tables to every number of the report: a registry made to the published figures, and the cases at its edges."""

import copy

import numpy as np
import pandas as pd
import pytest
from test_endpoints_cohorts import READER, day, default_study, news, patient, scan, series, tables
from test_endpoints_survival import SYNTHETIC, times

from mesenluth.endpoints.estimate import estimate
from mesenluth.endpoints.rows import row
from mesenluth.errors import ConfigurationError
from mesenluth.tables.io import to_arrow
from mesenluth.tables.results import RESULTS

OUTPUTS = (
    "estimates", "time_to_event", "curves", "subgroup_curves", "incidence", "status_changes", "baseline_characteristics",
    "follow_up_by_centre", "published_comparison",
)  # fmt: skip
PATIENTS = [f"P{i:02d}" for i in range(52)]


def published_like():
    """52 patients: 2 respond in the mass, 4 elsewhere, one of them in both; progression elsewhere as in SYNTHETIC."""
    months, events = times(SYNTHETIC)
    best, scans = [], []
    for i, (p, m, e) in enumerate(zip(PATIENTS, months, events, strict=True)):
        at = round(m * 30.4375)
        responds = {"mesenteric": i in (0, 1), "non_mesenteric": i in (1, 2, 3, 4), "whole_patient": i in (0, 1)}
        for c, yes in responds.items():
            best.append(
                series(p, c, "PR" if yes else "SD", confirmed_response="PR" if i == 1 else "SD", baseline_mm=40.0 + i)
            )
            scans.append(scan(p, at, "PD" if e and c != "mesenteric" else "SD", c))
    return tables(
        cohort=[
            *(patient(p, administrations=4, activity_gbq=29.6) for p in PATIENTS),
            {"patient_id": "X1", "excluded_by": "prrt", "excluded_because": "not_met"},
            {"patient_id": "X2", "excluded_by": "prrt", "excluded_because": "unknown"},
            {"patient_id": "X3", "excluded_by": "retractile", "excluded_because": "not_met"},
        ],
        best_responses=best,
        timepoint_responses=scans,
        metabolic_responses=[
            {"patient_id": p, "compartment": c, "response": "response" if i < k else "no_response"}
            for i, p in enumerate(PATIENTS)
            for c, k in (("mesenteric", 0), ("non_mesenteric", 6))
        ],
        clinical_responses=[
            {"patient_id": p, "symptoms_at_baseline": int(i < 26),
             "response": "response" if i < 12 else "no_response" if i < 26 else "not_symptomatic"}
            for i, p in enumerate(PATIENTS)
        ],
        complications=[{"patient_id": p, "adverse_event_id": f"{p}{k}"} for p in PATIENTS[:4] for k in (1, 2)],
        patients=[
            {"patient_id": p, "sex": "FM"[i % 2], "birth_year": 1950 if i else None, "grade": "G1", "ecog": i % 3,
             "functioning": True if i < 13 else False if i < 39 else None}
            for i, p in enumerate(PATIENTS)
        ],
        follow_up=[news(p, 3000) for p in PATIENTS],
    )  # fmt: skip


@pytest.fixture(scope="module")
def results():
    """Results of the registry above."""
    return estimate(published_like(), default_study())


def rows(out, **wanted):
    """Return the estimates that match, of whole populations."""
    frame = out["estimates"]
    frame = frame[frame["subgroup"].isna()]
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return frame


def one(out, **wanted):
    """Return the one estimate that matches, under the study's own definition."""
    found = rows(out, **{"definition": "study", **wanted})
    assert len(found) == 1, found
    return found.iloc[0]


def test_every_table_keeps_its_contract(results):
    assert tuple(results) == OUTPUTS
    for name in OUTPUTS:
        assert to_arrow(results[name], RESULTS[name]).num_rows == len(results[name]) > 0


def test_nothing_printed_is_nan(results):
    for frame in results.values():
        for column in frame.select_dtypes("string"):
            assert not frame[column].str.contains(r"\b[nN]a[nN]\b|<NA>|\bNone\b|\binf\b", na=False).any(), column


def test_everything_published_is_found_again(results):
    compared = results["published_comparison"]
    assert compared["agrees"].all()
    assert compared["published"].tolist() == [
        "52", "2/52 (4 %)", "4/52 (8 %)", "0/52", "6 (12 %)", "12/26 (46 %)", "4", "not reached", "50.3 (38.2-61.7)",
    ]  # fmt: skip
    assert compared["computed"].tolist() == [
        "52", "2/52 (4 %)", "4/52 (8 %)", "0/52", "6/52 (12 %)", "12/26 (46 %)", "4/52", "not reached",
        "50.3 (38.2-61.7)",
    ]  # fmt: skip


def test_the_headline_proportion(results):
    found = rows(
        results, endpoint="objective_response", compartment="mesenteric", definition="study", statistic="proportion"
    )
    exact, wilson = (
        found[(found["method"] == m) & (found["population"] == "included")].iloc[0]
        for m in ("clopper-pearson", "wilson")
    )
    assert exact["text"] == "2/52 (3.8 %; 95 % CI 0.5-13.2)"
    assert (exact["numerator"], exact["denominator"], exact["confidence"]) == (2, 52, 0.95)
    assert np.round([exact["ci_low"], exact["ci_high"]], 6).tolist() == [0.004692, 0.132128]
    assert np.round([wilson["ci_low"], wilson["ci_high"]], 6).tolist() == [0.010612, 0.129812]


def test_the_sentence_beside_the_primary_endpoint(results):
    """Everything computed: P(X <= 2) = 0.515, limit 13.2 %, P(X <= 0) = 0.069, 59 patients at least."""
    found = one(results, statistic="test")
    assert found["p_value"] == pytest.approx(0.514570, abs=1e-6)
    assert found["reason"] == (
        "2 of 52 (3.8 %): one-sided exact p = 0.515 against 5 %; the 95 % interval reaches 13.2 %; no result of 52"
        " patients could have shown a rate under 5 %: even 0 of 52 gives p = 0.069; it takes 59 patients"
    )
    notes = results["published_comparison"].set_index("item")["note"]
    assert notes["Mesenteric objective response"] == found["reason"]


def test_what_so_many_patients_can_show(results):
    assert one(results, statistic="smallest_n")["estimate"] == 59
    assert one(results, statistic="smallest_n_for_this_result")["estimate"] == 124
    assert one(results, statistic="smallest_p")["p_value"] == pytest.approx(0.069443, abs=1e-6)
    power = rows(results, statistic="power")
    assert power["estimate"].tolist() == [0, 0]
    assert power["text"].tolist() == ["0 % at a true rate of 1 %", "0 % at a true rate of 2 %"]
    assert one(results, statistic="posterior")["text"] == "P(rate < 5 %) = 61.5 %"


def test_confirmed_and_unconfirmed_stand_side_by_side(results):
    wanted = {
        "endpoint": "objective_response", "compartment": "mesenteric", "statistic": "proportion",
        "population": "included", "method": "clopper-pearson",
    }  # fmt: skip
    found = rows(results, **wanted).set_index("definition")["numerator"]
    assert found.to_dict() == {"study": 2, "unconfirmed": 2, "confirmed": 1}
    study = default_study()
    study["response"]["primary_confirmation"] = "confirmed"
    other = estimate(published_like(), study)
    assert one(other, **wanted)["numerator"] == 1
    assert not other["published_comparison"]["agrees"][1]
    assert "confirmed after at least 28 days" in other["published_comparison"]["definition"][1]


def test_criteria_that_were_made_for_fdg_are_called_off_label_beside_the_estimate():
    made = published_like()
    found = made["metabolic_responses"]
    label = "off label: FDG criteria on a somatostatin-receptor tracer"
    made["metabolic_responses"] = found.assign(label=pd.Series([label] * len(found), dtype=found["label"].dtype))
    made["metabolic_responses"].loc[0, "response"] = "not_evaluable"
    wanted = {
        "endpoint": "metabolic_response",
        "compartment": "mesenteric",
        "statistic": "proportion",
        "method": "wilson",
    }
    out = estimate(made, default_study())
    assert one(out, population="included", **wanted)["reason"].endswith(f"{label} (51 of 51 patients)")
    assert one(out, population="evaluable", **wanted)["reason"] == f"{label} (51 of 51 patients)"
    assert pd.isna(one(estimate(published_like(), default_study()), population="included", **wanted)["reason"])


def test_compartments_are_compared_in_pairs(results):
    exact = one(results, endpoint="metabolic_response", statistic="paired_test", method="exact")
    assert exact["p_value"] == pytest.approx(0.03125, rel=1e-12)
    assert exact["compartment"] == "mesenteric vs non_mesenteric"
    assert exact["text"] == "mesenteric only 0, non_mesenteric only 6, both 0, neither 46; p = 0.031"
    mid = one(results, endpoint="metabolic_response", statistic="paired_test", method="mid-p")
    assert mid["p_value"] == pytest.approx(0.015625, rel=1e-12)
    # 1 responds in the mass alone, 3 elsewhere alone
    found = one(results, endpoint="objective_response", statistic="paired_test", method="exact")
    assert found["p_value"] == pytest.approx(0.625, rel=1e-12)
    difference = one(results, endpoint="objective_response", statistic="paired_difference")
    assert difference["estimate"] == pytest.approx(-2 / 52)
    assert difference["ci_low"] < -2 / 52 < difference["ci_high"]


def test_no_logrank_between_compartments_of_the_same_patients(results):
    assert not rows(results)["test"].str.contains("rank", na=False).any()


def test_counts_of_patients_add_up(results):
    found = rows(results, endpoint="population").set_index("statistic")["numerator"]
    assert found["screened"] == found["included"] + found["excluded"] == 55
    assert found["excluded"] == found[found.index.str.startswith("excluded:")].sum() == 3
    assert found["excluded:prrt"] == 2
    assert one(results, statistic="excluded:prrt")["reason"] == "of these 1 because it is not known"


def test_time_to_event(results):
    about = {"endpoint": "progression_free_survival", "compartment": "non_mesenteric"}
    median = one(results, **about, statistic="median")
    assert (median["text"], median["numerator"], median["denominator"], median["method"]) == (
        "50.3 (38.2-61.7)",
        30,
        52,
        "log-log",
    )
    assert one(results, **about, statistic="events")["text"] == "30 events in 52 patients"
    landmarks = rows(results, **about, statistic="landmark", definition="study")
    assert landmarks["time_months"].tolist() == [12, 24, 36, 48]
    assert landmarks["n_at_risk"].tolist() == [47, 39, 30, 19]  # counted in SYNTHETIC
    assert one(results, **about, statistic="follow_up")["method"] == "reverse Kaplan-Meier, log-log"
    mass = one(results, **{**about, "compartment": "mesenteric"}, statistic="median")
    assert mass["text"] == "not reached"
    assert mass["reason"] == "not reached: no events; longest follow-up 94.2 months"


def test_how_many_patients_another_rule_set_changes(results):
    """EMA changes nobody here: there are no new therapies. FDA censors whoever was first seen after a year."""
    changed = rows(results, statistic="changed", compartment="non_mesenteric").set_index("definition")["numerator"]
    months, events = times(SYNTHETIC)
    late = sum(e and round(m * 30.4375) > 365 for m, e in zip(months, events, strict=True))
    assert changed.to_dict() == {"fda": late, "ema": 0}


def test_curves_hold_every_time_and_time_0(results):
    curves = results["curves"]
    curves = curves[curves["endpoint"] == "progression_free_survival"]
    mine = curves[(curves["compartment"] == "non_mesenteric") & (curves["rule_set"] == "study")]
    assert len(mine) == len({round(m * 30.4375) for m in times(SYNTHETIC)[0]}) + 1
    first = mine.iloc[0]
    assert (first["time_months"], first["n_at_risk"], first["survival"]) == (0, 52, 1)
    assert mine["n_event"].sum() == 30
    assert (mine["n_event"] + mine["n_censored"]).sum() == 52


def test_who_cannot_be_judged_counts_and_is_counted():
    """One response, one stable, one not evaluable, one with nothing in the compartment, one never read."""
    given = tables(
        cohort=[patient(p) for p in "ABCDE"],
        best_responses=[series("A", best="PR"), series("B"), series("C", best="NE"), series("D", best="NED")],
    )
    out = estimate(given, default_study())
    about = {
        "endpoint": "objective_response",
        "compartment": "mesenteric",
        "statistic": "proportion",
        "method": "wilson",
    }
    all_, evaluable = (one(out, **about, population=p) for p in ("included", "evaluable"))
    assert (all_["numerator"], all_["denominator"]) == (1, 5)
    assert (evaluable["numerator"], evaluable["denominator"]) == (1, 2)
    assert all_["reason"] == (
        "3 of 5 patients could not be judged (1 not evaluable, 1 not assessed and 1 nothing in this compartment at"
        " baseline) and count as without the event"
    )
    pair = one(out, endpoint="objective_response", statistic="paired_test", method="exact")
    assert (pair["text"], pair["reason"]) == (
        "not estimable", "not estimable: no patient could be judged in both compartments",
    )  # fmt: skip


def test_no_patients_give_words_and_no_numbers():
    out = estimate(tables(), default_study())
    for name in OUTPUTS:
        to_arrow(out[name], RESULTS[name])
    assert one(out, statistic="test")["text"] == "not estimable"
    assert one(out, endpoint="overall_survival", statistic="median")["reason"] == "not estimable: no patients"
    assert (
        one(out, endpoint="clinical_response", population="symptomatic", method="wilson")["text"]
        == "0/0 (not estimable)"
    )
    assert [len(out[k]) for k in ("curves", "baseline_characteristics", "follow_up_by_centre")] == [0, 0, 0]
    assert out["published_comparison"]["agrees"].sum() == 0


def test_a_row_takes_only_columns_of_the_contract():
    with pytest.raises(KeyError, match="hazard_ratio"):
        row("x", "y", "z", hazard_ratio=1)


def test_an_unknown_kind_of_endpoint_is_refused():
    study = default_study()
    study["endpoints"] = [{"id": "x", "kind": "quality_of_life"}]
    with pytest.raises(ConfigurationError, match="'quality_of_life' is not built"):
        estimate(tables(), study)


def test_another_interval_stands_before_the_two_that_are_always_there():
    study = default_study()
    study["statistics"]["proportion_interval"] = "jeffreys"
    out = estimate(published_like(), study)
    found = rows(out, endpoint="complications")
    assert found["method"].tolist() == ["jeffreys", "clopper-pearson", "wilson"]
    assert found["reason"].tolist() == ["8 complications in 4 patients"] * 3
    assert "the 95 % interval reaches 11.8 %" in one(out, statistic="test")["reason"]


def test_two_readers_stand_side_by_side_and_only_the_primary_one_is_tested():
    given = published_like()
    second = given["best_responses"].assign(evaluator="central", best_response="SD")
    given["best_responses"] = pd.concat([given["best_responses"], second], ignore_index=True)
    out = estimate(given, default_study())
    about = {
        "endpoint": "objective_response",
        "compartment": "mesenteric",
        "statistic": "proportion",
        "population": "included",
        "method": "wilson",
    }
    assert one(out, **about, evaluator=READER)["numerator"] == 2
    assert one(out, **about, evaluator="central")["numerator"] == 0
    assert one(out, statistic="test")["evaluator"] == READER


def test_a_study_of_one_compartment_has_no_pairs():
    study = default_study()
    study["compartments"] = study["compartments"][:1]
    study["endpoints"] = [
        {**e, "compartments": ["mesenteric"]} if "compartments" in e else e for e in study["endpoints"]
    ]
    out = estimate(published_like(), study)
    assert not out["estimates"]["statistic"].str.startswith("paired").any()


def test_a_landmark_beyond_follow_up_and_one_with_few_at_risk():
    given = tables(
        cohort=[patient(p) for p in "AB"],
        best_responses=[series(p) for p in "AB"],
        timepoint_responses=[scan("A", 400, "SD"), scan("B", 300, "PD")],
    )
    study = default_study()
    study["statistics"]["min_at_risk"] = 1
    found = rows(
        estimate(given, study), statistic="landmark", compartment="mesenteric", definition="study",
        endpoint="progression_free_survival",
    )  # fmt: skip
    assert found["text"].tolist()[1:] == ["not estimable"] * 3
    assert found["reason"].tolist()[:2] == ["only 1 at risk", "not estimable: longest follow-up 13.1 months"]


def test_the_same_tables_in_another_order_give_the_same_results(results):
    given = {k: v.sample(frac=1, random_state=3).reset_index(drop=True) for k, v in published_like().items()}
    for name, frame in estimate(given, default_study()).items():
        pd.testing.assert_frame_equal(frame, results[name])


def test_inputs_are_left_as_they_were():
    given, study = published_like(), default_study()
    before, settings = {k: v.copy() for k, v in given.items()}, copy.deepcopy(study)
    estimate(given, study)
    assert study == settings
    for name, frame in given.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_deaths_make_the_median_of_survival_reachable():
    given = tables(
        cohort=[patient(p) for p in "ABC"],
        best_responses=[series(p) for p in "ABC"],
        follow_up=[news("A", 365, "dead"), news("B", 730, "dead"), news("C", 1461)],
    )
    found = one(estimate(given, default_study()), endpoint="overall_survival", statistic="median")
    assert found["estimate"] == pytest.approx(730 / 30.4375)
    assert found["text"] == "24.0 (12.0-not reached)"
    assert found["reason"] == "the upper limit is not reached"
    assert day(365) == pd.Timestamp("2016-01-01")
