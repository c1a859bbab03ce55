"""Subgroups and centres: levels, small cells, tests of known value, and the cases at the edges."""

import copy
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from test_endpoints_cohorts import day, default_study, news, patient, scan, series, table, tables

from mesenluth.endpoints.cox import cox
from mesenluth.endpoints.estimate import estimate
from mesenluth.endpoints.levels import hidden, levels_of
from mesenluth.endpoints.logrank import logrank
from mesenluth.endpoints.survival import kaplan_meier
from mesenluth.errors import ConfigurationError
from mesenluth.tables.grouping import NOT_KNOWN, check_subgroups, in_order
from mesenluth.tables.io import to_arrow
from mesenluth.tables.results import RESULTS

MASS, OTHERS = "mesenteric", "non_mesenteric"
SEX = {"id": "sex", "label": {"en": "Sex", "fr": "Sexe"}, "table": "patients", "column": "sex"}


def registry(sexes, pfs=None, responders=(), centres=None):
    """Patients P00, P01, ... of these sexes; `pfs`: days and event of the mass; others progress 100 days sooner."""
    names = [f"P{i:02d}" for i in range(len(sexes))]
    pfs = pfs or [(900, False)] * len(names)
    best, scans = [], []
    for i, (p, (at, event)) in enumerate(zip(names, pfs, strict=True)):
        for c in (MASS, OTHERS, "whole_patient"):
            best.append(series(p, c, "PR" if i in responders and c == MASS else "SD"))
            scans.append(scan(p, at - 100 * (c == OTHERS), "PD" if event else "SD", c))
    centres = centres or ["C1"] * len(names)
    return tables(
        cohort=[patient(p, centre=c) for p, c in zip(names, centres, strict=True)],
        best_responses=best,
        timepoint_responses=scans,
        patients=[{"patient_id": p, "sex": s} for p, s in zip(names, sexes, strict=True)],
        follow_up=[news(p, 3000) for p in names],
    )


def study_with(*subgroups, **statistics):
    study = default_study()
    study["subgroups"] = list(subgroups)
    study["statistics"] = {**study["statistics"], **statistics}
    return study


def found(frame, statistic, compartment=MASS, level=None, subgroup="sex", **more):
    wanted = {"statistic": statistic, "compartment": compartment, "subgroup": subgroup, **more}
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return frame[frame["level"].isna()] if level is None else frame[frame["level"] == level]


def level_names(subgroup, **rows):
    given_ = tables(cohort=[patient(p) for p in "ABCD"], **rows)
    levels = levels_of(subgroup, given_)
    return [levels.names[c] for c in levels.code]


def people(column, values):
    return [{"patient_id": p, column: v} for p, v in zip("ABCD", values, strict=True)]


def test_levels_of_a_column():
    assert level_names(SEX, patients=people("sex", ["M", "F", None, "F"])) == ["M", "F", NOT_KNOWN, "F"]
    resected = {**SEX, "column": "primary_resected"}
    rows = people("primary_resected", [True, False, None, True])
    assert level_names(resected, patients=rows) == ["yes", "no", NOT_KNOWN, "yes"]
    assert level_names({**SEX, "column": "ecog"}, patients=people("ecog", [2, 0, None, 1])) == [
        "2",
        "0",
        NOT_KNOWN,
        "1",
    ]


def test_a_cut_point_is_where_a_level_begins():
    cut = {**SEX, "column": "ki67_percent", "cut_points": [3, 20]}
    rows = people("ki67_percent", [2.9, 3.0, 20.0, None])
    assert level_names(cut, patients=rows) == ["< 3", "3 to < 20", "≥ 20", NOT_KNOWN]


def test_a_condition_is_met_by_any_row_and_unknown_where_it_may_be():
    full = {"id": "x", "label": {}, "table": "administrations", "where": {"column": "activity_gbq", "at_least": 7}}
    rows = [
        {"patient_id": p, "administration_id": str(i), "administration_date": day(0), "activity_gbq": g}
        for i, (p, g) in enumerate([("A", 3.7), ("A", 7.4), ("B", 3.7), ("B", None), ("C", 3.7)])
    ]
    assert level_names(full, administrations=rows) == ["yes", NOT_KNOWN, "no", "no"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"table": "scans"}, r"subgroups\[0\].table: 'scans'"),
        ({"column": "sexe"}, "has no column 'sexe' of levels"),
        ({"column": "diagnosis_date"}, "has no column 'diagnosis_date' of levels"),
        ({"column": "ki67_percent"}, "a number of any value"),
        ({"cut_points": [1]}, "column sex is string"),
        ({"column": "ecog", "cut_points": [2, 1]}, r"cut_points: \[2, 1\]"),
        ({"id": "centre"}, "the id 'centre' is that of the grouping by centre"),
    ],
)
def test_what_is_no_subgroup_is_refused_by_name(change, said):
    with pytest.raises(ConfigurationError, match=said):
        check_subgroups([{**SEX, **change}])


def test_a_subgroup_stands_once_and_a_condition_is_checked():
    with pytest.raises(ConfigurationError, match="the id 'sex' stands twice"):
        check_subgroups([SEX, SEX])
    with pytest.raises(ConfigurationError, match=r"subgroups\[0\].where"):
        check_subgroups([{"id": "a", "table": "scans", "where": {"column": "nothing", "is": True}}])


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8), st.integers(1, 6))
def test_a_hidden_number_cannot_be_worked_out_from_the_total(counts, below):
    out = hidden(np.array(counts), below)
    small = [i for i, n in enumerate(counts) if 0 < n < below]
    assert set(small) <= set(out)
    assert len(out) != 1 or sum(n > 0 for n in counts) == 1  # alone only where it is the only level
    assert len(out) <= max(len(small), 2 if small else 0)


def test_shares_and_the_exact_test():
    """8 women with 5 responders, 12 men with 1: Fisher's exact test, as scipy has it."""
    frame = estimate(registry("F" * 8 + "M" * 12, responders=(0, 1, 2, 3, 4, 10)), study_with(SEX))["estimates"]
    women = found(frame, "proportion", level="F").iloc[0]
    assert (women["numerator"], women["denominator"], women["population"]) == (5, 8, "subgroup")
    assert women["method"] == "clopper-pearson"
    test = found(frame, "subgroup_test", endpoint="objective_response").iloc[0]
    assert test["p_value"] == pytest.approx(stats.fisher_exact([[5, 3], [1, 11]]).pvalue, rel=1e-9)
    # All discordant pairs are responses of the mass alone.
    interaction = found(frame, "interaction", f"{MASS} vs {OTHERS}", endpoint="objective_response").iloc[0]
    assert interaction["reason"] == "not estimable: all discordant pairs are of one kind"


def times_of(n=24):
    rng = np.random.default_rng(8)
    return [(int(t), bool(e)) for t, e in zip(rng.integers(150, 1500, n), rng.random(n) < 0.7, strict=True)]


def test_curves_tests_and_ratios_are_those_of_the_functions_that_agree_with_r():
    pfs = times_of()
    frame = estimate(registry("F" * 10 + "M" * 14, pfs), study_with(SEX))["estimates"]
    months, events = np.array([t for t, _ in pfs]) / 30.4375, np.array([e for _, e in pfs])
    men = np.arange(24) >= 10
    about = {"endpoint": "progression_free_survival"}
    assert found(frame, "subgroup_test", **about).iloc[0]["p_value"] == pytest.approx(
        logrank(months, events, men).p_value
    )
    ratio = found(frame, "hazard_ratio", level="M", **about).iloc[0]
    fit = cox(months, events, men.astype(float))
    assert ratio["estimate"] == pytest.approx(fit.hazard_ratio[0])
    assert (ratio["ci_low"], ratio["ci_high"]) == pytest.approx((fit.low[0], fit.high[0]))
    assert found(frame, "events", level="F", **about).iloc[0]["numerator"] == events[:10].sum()
    assert (ratio["numerator"], ratio["denominator"]) == (events.sum(), 24)
    test = found(frame, "subgroup_test", **about).iloc[0]
    assert (test["numerator"], test["denominator"]) == (events.sum(), 24)
    assert len(found(frame, "landmark", level="F", **about)) == 4
    # The others progress 100 days sooner in everybody alike: nothing depends on the level but the times' own scale.
    interaction = found(frame, "interaction", f"{MASS} vs {OTHERS}", **about).iloc[0]
    assert interaction["unit"] == "ratio of hazard ratios"
    assert (interaction["numerator"], interaction["denominator"]) == (2 * events.sum(), 24)  # events of both, patients
    assert interaction["ci_low"] < 1 < interaction["ci_high"]


def test_the_curve_of_a_level_is_that_of_its_patients():
    pfs = times_of()
    out = estimate(registry("F" * 10 + "M" * 14, pfs), study_with(SEX))
    curves = out["subgroup_curves"]
    assert to_arrow(curves, RESULTS["subgroup_curves"]).num_rows == len(curves)
    mine = curves[(curves["compartment"] == MASS) & (curves["level"] == "F")]
    months, events = np.array([t for t, _ in pfs[:10]]) / 30.4375, np.array([e for _, e in pfs[:10]])
    whole = kaplan_meier(months, events)
    assert mine["time_months"].tolist()[1:] == pytest.approx(whole.time.tolist())
    assert mine["survival"].tolist() == pytest.approx([1, *whole.survival])
    assert mine["n_at_risk"].tolist() == [10, *whole.n_at_risk]
    assert curves[["subgroup", "level", "position"]].drop_duplicates().values.tolist() == [
        ["sex", "F", 1],
        ["sex", "M", 2],
    ]
    hidden_ = estimate(registry("F" * 3 + "M" * 12, times_of(15)), study_with(SEX))["subgroup_curves"]
    assert hidden_.empty


def test_a_ratio_without_limit_is_told_without_an_overflow():
    """All events come in one compartment, and one patient is of the other level: Newton's second step is far too long."""
    first, level = np.repeat([1.0, 0.0], 18), np.ones(36)
    level[[2, 20]] = 0
    time = np.concatenate([np.arange(18) + 3.0, np.arange(18) + 1.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = cox(time, first == 0, np.column_stack([first, level, first * level]))
    assert fit.reason == "not estimable: events come on one side alone, so that the hazard ratio has no limit"
    assert np.isnan(fit.hazard_ratio).all()


def test_no_logrank_across_compartments():
    frame = estimate(registry("F" * 10 + "M" * 14, times_of()), study_with(SEX))["estimates"]
    ranks = frame[frame["test"].str.contains("rank", na=False)]
    assert len(ranks) > 0
    assert not ranks["compartment"].str.contains(" vs ").any()
    assert ranks["subgroup"].notna().all()


def test_small_levels_are_not_shown_nor_the_one_that_would_tell():
    frame = estimate(registry("F" * 3 + "M" * 12, times_of(15)), study_with(SEX))["estimates"]
    mine = frame[(frame["subgroup"] == "sex") & frame["level"].notna()]
    assert set(mine["text"]) == {"not shown"}
    assert mine[["numerator", "denominator", "estimate", "n_at_risk"]].isna().all(axis=None)
    assert set(mine.loc[mine["level"] == "F", "reason"]) == {"not shown: fewer than 5 patients"}
    assert set(mine.loc[mine["level"] == "M", "reason"]) == {
        "not shown: the number of another level could be worked out from it"
    }
    tests = found(frame, "subgroup_test")
    assert tests["reason"].str.startswith("not estimable: fewer than two levels that are shown").all()
    shown = estimate(registry("F" * 3 + "M" * 12, times_of(15)), study_with(SEX, small_cell_below=1))["estimates"]
    assert found(shown, "events", level="F")["denominator"].tolist() == [3]


def test_a_landmark_with_few_at_risk_is_not_shown_anywhere():
    study = study_with(SEX, min_at_risk=11, landmarks_months=[12])
    frame = estimate(registry("F" * 10 + "M" * 14), study)["estimates"]
    few = found(frame, "landmark", level="F").iloc[0]
    assert (few["text"], few["reason"]) == ("not shown", "not shown: 10 at risk, fewer than 11")
    assert pd.isna(few["estimate"])
    assert found(frame, "landmark", level="M").iloc[0]["estimate"] == 1
    study["statistics"]["min_at_risk"] = 25
    whole = estimate(registry("F" * 10 + "M" * 14), study)["estimates"]
    whole = whole[(whole["statistic"] == "landmark") & (whole["compartment"] == MASS) & whole["subgroup"].isna()]
    # Turnbull's estimate has no number at risk.
    whole = whole[(whole["definition"] != "turnbull") & (whole["endpoint"] == "progression_free_survival")]
    assert whole["text"].eq("not shown").all()


def test_edges_are_values_with_reasons():
    frame = estimate(registry("F" * 6 + "M" * 6), study_with(SEX))["estimates"]
    about = {"endpoint": "progression_free_survival"}
    assert found(frame, "subgroup_test", **about).iloc[0]["reason"] == "not estimable: no events"
    assert found(frame, "hazard_ratio", level="M", **about).iloc[0]["reason"] == "not estimable: no events"
    assert found(frame, "interaction", f"{MASS} vs {OTHERS}", **about).iloc[0]["reason"] == "not estimable: no events"
    assert found(frame, "subgroup_test", endpoint="objective_response").iloc[0]["reason"] == (
        "not estimable: nobody has the event"
    )
    alone = estimate(registry("F" * 12, times_of(12)), study_with(SEX))["estimates"]
    assert found(alone, "subgroup_test", **about).iloc[0]["reason"] == (
        "not estimable: fewer than two levels that are shown"
    )
    assert found(alone, "hazard_ratio", level="F", **about).empty
    one_side = [(400 + i, i >= 6) if i >= 6 else (1500, False) for i in range(12)]
    sided = estimate(registry("F" * 6 + "M" * 6, one_side), study_with(SEX))["estimates"]
    assert "no limit" in found(sided, "hazard_ratio", level="M", **about).iloc[0]["reason"]
    for few in ("", "F"):
        rows = estimate(registry(few), study_with(SEX))["estimates"]
        assert found(rows, "subgroup_test")["reason"].str.startswith("not estimable").all()


def test_centres_are_tested_all_and_shown_where_large():
    """Centres of 6, 6, 2 and 1: the two small ones are hidden; all four are in the exact test."""
    centres = ["C1"] * 6 + ["C2"] * 6 + ["C3"] * 2 + ["C4"]
    given_ = registry("F" * 15, responders=(0, 1, 2, 3, 12), centres=centres)
    frame = estimate(given_, study_with())["estimates"]
    shown = frame[(frame["subgroup"] == "centre") & (frame["compartment"] == MASS) & frame["level"].notna()]
    assert shown.set_index("level")["text"].str.startswith(("4/6", "0/6")).to_dict() == {
        "C1": True, "C2": True, "C3": False, "C4": False,
    }  # fmt: skip
    test = found(frame, "heterogeneity", subgroup="centre").iloc[0]
    assert test["text"].startswith("4 centres; p = ")
    assert test["reason"] == "2 centres of 4 not shown, as too small; all of them are tested"
    assert 0 <= found(frame, "i_squared", subgroup="centre").iloc[0]["estimate"] <= 1
    alone = estimate(registry("F" * 6), study_with())["estimates"]
    assert found(alone, "heterogeneity", subgroup="centre").iloc[0]["reason"] == (
        "not estimable: fewer than two centres"
    )


@pytest.mark.parametrize(("kind", "compartments"), [("metabolic", [MASS, OTHERS]), ("clinical", [MASS])])
def test_the_primary_endpoint_may_be_of_any_kind_of_proportion(kind, compartments):
    study = study_with(SEX)
    study["primary"] = {**study["primary"], "endpoint": f"{kind}_response"}
    given_ = registry("F" * 6 + "M" * 6)
    names = given_["cohort"]["patient_id"]
    given_["metabolic_responses"] = table(
        "metabolic_responses",
        [{"patient_id": p, "compartment": c, "response": "response"} for p in names[:2] for c in (MASS, OTHERS)],
    )
    given_["clinical_responses"] = table(
        "clinical_responses", [{"patient_id": p, "symptoms_at_baseline": 1, "response": "response"} for p in names[:5]]
    )
    frame = estimate(given_, study)["estimates"]
    mine = frame[(frame["endpoint"] == f"{kind}_response") & (frame["subgroup"] == "sex")]
    shares = mine[mine["statistic"] == "proportion"]
    assert set(shares["compartment"]) == set(compartments)
    women = shares[(shares["level"] == "F") & (shares["compartment"] == MASS)].iloc[0]
    # Of clinical response only those with symptoms count: five women.
    assert (women["numerator"], women["denominator"]) == ((2, 6) if kind == "metabolic" else (5, 5))


def test_headline_estimates_are_those_without_subgroups():
    with_, without = (
        estimate(registry("F" * 10 + "M" * 14, times_of(), (0, 1)), study) for study in (study_with(SEX), study_with())
    )
    whole = with_["estimates"][with_["estimates"]["subgroup"] != "sex"].reset_index(drop=True)
    plain = without["estimates"].reset_index(drop=True)
    columns = ["endpoint", "compartment", "definition", "statistic", "text"]
    one, other = (
        f[columns].sort_values(columns, kind="stable", ignore_index=True) for f in (whole, copy.deepcopy(plain))
    )
    pd.testing.assert_frame_equal(one, other)


def test_levels_stand_in_the_order_of_their_meaning_however_a_table_is_sorted():
    assert in_order({**SEX, "column": "primary_resected"}, ["no", NOT_KNOWN, "yes"]) == ["yes", "no", NOT_KNOWN]
    assert in_order({**SEX, "column": "prior_lines"}, ["10", NOT_KNOWN, "2"]) == ["2", "10", NOT_KNOWN]
    cut = {**SEX, "column": "ki67_percent", "cut_points": [3, 20]}
    assert in_order(cut, ["≥ 20", "< 3", "3 to < 20"]) == ["< 3", "3 to < 20", "≥ 20"]
    assert in_order({"table": "scans", "where": {}}, ["no", "yes"]) == ["yes", "no"]
    assert in_order({**SEX, "column": "grade"}, ["G2", "G1"]) == ["G1", "G2"]
