"""Estimates where others compete, of the duration of response and of the time to response."""

import pandas as pd
import pytest
from test_endpoints_cohorts import READER, default_study, news, patient, scan, series, tables
from test_endpoints_time_to_event import DOR, PFS, TTR, responding

from mesenluth.endpoints.estimate import estimate
from mesenluth.tables.io import to_arrow
from mesenluth.tables.results import RESULTS


def of(out, **wanted):
    """Return the estimates of the study's own definition, in the mass, of no subgroup, that match."""
    frame = out["estimates"]
    frame = frame[frame["subgroup"].isna()]
    for column, value in {"definition": "study", "compartment": "mesenteric", "evaluator": READER, **wanted}.items():
        frame = frame[frame[column] == value]
    return frame


def competing(**section):
    study = default_study()
    study["survival"] = {**study["survival"], **section}
    study["statistics"] = {**study["statistics"], "landmarks_months": [2, 4, 8, 60], "min_at_risk": 1}
    return study


def five():
    """Progression at 30 and 120 days, death at 60 (assessed at 50), censored at 90 and 150."""
    return tables(
        cohort=[patient(p) for p in "ABCDE"],
        best_responses=[series(p) for p in "ABCDE"],
        timepoint_responses=[
            scan("A", 30, "PD"), scan("B", 50, "SD"), scan("C", 90, "SD"), scan("D", 100, "SD"), scan("D", 120, "PD"),
            scan("E", 150, "SD"),
        ],
        follow_up=[news("B", 60, "dead")],
    )  # fmt: skip


def test_where_death_competes_the_curve_is_1_minus_the_incidence_of_progression():
    """By hand: 4/5 after A; B leaves S = 3/5; C is censored; at D, 3/5 of it times 1/2 is added: I = 1/5 + 3/10."""
    out = estimate(five(), competing(death="competing"))
    curve = out["curves"]
    curve = curve[(curve["endpoint"] == PFS) & (curve["compartment"] == "mesenteric") & (curve["rule_set"] == "study")]
    assert curve["survival"].tolist() == pytest.approx([1, 0.8, 0.8, 0.8, 0.5, 0.5], abs=1e-12)
    assert curve["n_competing"].tolist() == [0, 0, 1, 0, 0, 0]
    assert curve["n_event"].tolist() == [0, 1, 0, 0, 1, 0]
    assert curve["n_censored"].tolist() == [0, 0, 0, 1, 0, 1]
    assert set(curve["method"]) == {"Aalen-Johansen, log-log"}
    to_arrow(out["curves"], RESULTS["curves"])
    events = of(out, endpoint=PFS, statistic="events").iloc[0]
    assert (events["text"], events["numerator"]) == ("2 events in 5 patients, 1 ended by another event first", 2)
    # Flat at exactly one half from 120 days to the last time: R's midpoint.
    median = of(out, endpoint=PFS, statistic="median").iloc[0]
    assert median["estimate"] == pytest.approx((120 + 150) / 2 / 30.4375)
    at = of(out, endpoint=PFS, statistic="landmark")
    assert at["n_at_risk"].tolist() == [3, 1, 0, 0]
    # Follow-up: a death ends it as an event does.
    follow_up = of(out, endpoint=PFS, statistic="follow_up").iloc[0]
    assert (follow_up["numerator"], follow_up["denominator"]) == (2, 5)
    # The rule sets of the agencies count deaths, and theirs is Kaplan's and Meier's curve.
    other = out["curves"][(out["curves"]["endpoint"] == PFS) & (out["curves"]["rule_set"] == "ema")]
    assert other["n_competing"].isna().all()
    assert set(other["method"]) == {"log-log"}


def test_a_curve_on_which_nobody_is_left_is_known_for_ever():
    given = five()
    given["timepoint_responses"] = tables(
        timepoint_responses=[scan("A", 30, "PD"), scan("B", 50, "SD"), scan("C", 40, "PD"), scan("D", 45, "PD"),
                             scan("E", 20, "PD")]
    )["timepoint_responses"]  # fmt: skip
    out = estimate(given, competing(death="competing"))
    at = of(out, endpoint=PFS, statistic="landmark")
    assert at["estimate"].tolist() == pytest.approx([0.2] * 4)
    mean = of(out, endpoint=PFS, statistic="restricted_mean").iloc[0]
    assert mean["estimate"] == pytest.approx((20 + 30 + 40 + 45 + 48 * 30.4375) / 5 / 30.4375)
    assert mean["reason"] == "others compete, so that the mean has no interval"


def test_without_competing_events_the_curve_is_that_of_kaplan_and_meier():
    given = five()
    given["follow_up"] = tables()["follow_up"]
    plain, others = (
        estimate(given, study)["curves"]
        for study in (default_study(), competing(other_compartment_progression="competing"))
    )
    keys = ["endpoint", "compartment", "rule_set", "time_months"]
    pd.testing.assert_series_equal(
        plain.sort_values(keys)["survival"], others.sort_values(keys)["survival"], rtol=1e-12
    )


def test_duration_of_response_is_estimated_of_the_responders():
    out = estimate(responding(), default_study())
    found = of(out, endpoint=DOR)
    assert set(found["population"]) == {"responders"}
    assert found.loc[found["statistic"] == "events", "text"].tolist() == ["2 events in 2 patients"]
    # 180 and 340 days: the curve is 1/2 between them.
    assert found.loc[found["statistic"] == "median", "estimate"].iloc[0] == pytest.approx(260 / 30.4375)
    nobody = out["estimates"]
    nobody = nobody[(nobody["endpoint"] == DOR) & (nobody["compartment"] == "non_mesenteric")]
    assert nobody.loc[nobody["statistic"] == "median", "reason"].tolist() == ["not estimable: no patients"]


def test_time_to_response_of_all_and_of_the_responders():
    out = estimate(responding(), default_study())
    found = of(out, endpoint=TTR, statistic="median").set_index("population")
    assert found.loc["included", ["numerator", "denominator"]].tolist() == [2, 5]
    assert found.loc["responders", ["numerator", "denominator"]].tolist() == [2, 2]
    assert found.loc["responders", "estimate"] == pytest.approx(90 / 30.4375)
    assert found.loc["responders", "text"] == "3.0 (from 2.0 to 3.9)"
    none = of(out, endpoint=TTR, statistic="median", compartment="non_mesenteric", population="responders").iloc[0]
    assert (none["text"], none["reason"]) == ("not estimable", "not estimable: no responders")


def test_definitions_say_from_what_to_what():
    from mesenluth.endpoints.definitions import in_words

    study = default_study()
    assert in_words(DOR, "mesenteric", study).startswith(
        "from the first response (CR or PR, unconfirmed), of those who respond, to progression (mesenteric mass) or death"
    )
    study["response"] = {**study["response"], "primary_confirmation": "confirmed"}
    assert "CR or PR that is confirmed later, its own date" in in_words(TTR, "mesenteric", study)
    study["survival"] = {**study["survival"], "death": "competing"}
    assert "deaths compete" in in_words(PFS, "mesenteric", study)
    assert "progression and death compete" in in_words(TTR, "mesenteric", study)
    study["time"] = {**study["time"], "month_days": "calendar"}
    assert in_words("overall_survival", "whole_patient", study).endswith("calendar months")
