"""From tables to times and statuses."""

import pandas as pd
import pytest
from test_endpoints_cohorts import READER, day, default_study, news, patient, scan, series, tables, therapy

from mesenluth.endpoints.time_to_event import is_overall_survival, is_time_to_response, month_days, time_to_event
from mesenluth.errors import ConfigurationError
from mesenluth.tables.io import to_arrow
from mesenluth.tables.results import TIME_TO_EVENT

PFS, OS = "progression_free_survival", "overall_survival"


def ends(out, endpoint=PFS, compartment="mesenteric", rule_set="study", evaluator=READER):
    """Return days, status and reason of each patient."""
    rows = out[
        (out["endpoint"] == endpoint)
        & (out["compartment"] == compartment)
        & (out["rule_set"] == rule_set)
        & (out["evaluator"] == evaluator)
    ].set_index("patient_id")
    return {p: (int(r["time_days"]), r["status"], r["reason_code"]) for p, r in rows.iterrows()}


def example():
    """A progresses in the mass, B elsewhere first, C dies, D has a new therapy, E was never read, X is not included."""
    return tables(
        cohort=[*(patient(p) for p in "ABCDE"), {"patient_id": "X", "included": False, "excluded_by": "prrt"}],
        best_responses=[series(p, c) for p in "ABCDX" for c in ("mesenteric", "non_mesenteric", "whole_patient")],
        timepoint_responses=[
            scan("A", 90, "SD"), scan("A", 180, "PD"), scan("A", 270, "PD"),
            scan("B", 90, "SD"), scan("B", 180, "PD"), scan("B", 90, "PD", "non_mesenteric"),
            scan("C", 90, "SD"), scan("D", 90, "SD"), scan("D", 180, "PD"), scan("X", 30, "PD"),
        ],
        follow_up=[news("A", 400), news("C", 600, "dead"), news("D", 300), news("X", 20, "dead")],
        therapies=[therapy("D", 100)],
    )  # fmt: skip


def test_the_study_rules():
    out = time_to_event(example(), default_study())
    assert ends(out) == {
        "A": (180, "event", "progression"),
        "B": (180, "event", "progression"),
        "C": (600, "event", "death"),
        "D": (90, "censored", "new_therapy"),
        "E": (0, "censored", "no_baseline"),
    }
    assert to_arrow(out, TIME_TO_EVENT).num_rows == len(out) == 2 * 3 * 3 * 5 + 3 * 5 + 5


def test_fda_and_ema_beside_it():
    out = time_to_event(example(), default_study())
    assert ends(out, rule_set="fda")["C"] == (90, "censored", "gap_before_event")
    assert ends(out, rule_set="ema")["D"] == (180, "event", "progression")


def test_overall_survival_has_one_row_a_patient():
    out = time_to_event(example(), default_study())
    assert ends(out, OS, "whole_patient") == {
        "A": (400, "censored", "last_known_alive"),
        "B": (0, "censored", "no_follow_up"),
        "C": (600, "event", "death"),
        "D": (300, "censored", "last_known_alive"),
        "E": (0, "censored", "no_follow_up"),
    }
    assert len(out[out["endpoint"] == OS]) == 5


def test_progression_elsewhere_can_censor_a_compartment_but_not_the_whole_patient():
    study = default_study()
    study["survival"] = {**study["survival"], "other_compartment_progression": "censor"}
    given = example()
    whole = [scan("B", 180, "PD", "whole_patient")]
    given["timepoint_responses"] = pd.concat(
        [given["timepoint_responses"], tables(timepoint_responses=whole)["timepoint_responses"]]
    )
    out = time_to_event(given, study)
    assert ends(out)["B"] == (90, "censored", "other_compartment_progression")
    assert ends(out)["A"] == (180, "event", "progression")
    assert ends(out, compartment="whole_patient")["B"] == (180, "event", "progression")


def test_each_reader_is_a_series_of_its_own():
    given = example()
    more = tables(
        best_responses=[series("A", evaluator="central")],
        timepoint_responses=[scan("A", 90, "PD", evaluator="central")],
    )
    for name in ("best_responses", "timepoint_responses"):
        given[name] = pd.concat([given[name], more[name]], ignore_index=True)
    out = time_to_event(given, default_study())
    assert ends(out, evaluator="central")["A"] == (90, "event", "progression")
    assert ends(out, evaluator="central")["B"] == (0, "censored", "no_baseline")
    assert ends(out)["A"] == (180, "event", "progression")
    assert set(out.loc[out["endpoint"] == OS, "evaluator"]) == {READER}


def test_time_may_begin_at_the_baseline_scan_of_the_series():
    """Ten days more for everybody with a baseline; a new therapy is still one begun after the first administration."""
    study = default_study()
    study["time"] = {**study["time"], "origin": "baseline_scan"}
    given = example()
    given["therapies"] = tables(therapies=[therapy("D", -5), therapy("D", 100)])["therapies"]
    out = time_to_event(given, study)
    assert ends(out)["A"] == (190, "event", "progression")
    assert ends(out)["D"] == (100, "censored", "new_therapy")
    assert ends(out)["E"] == (0, "censored", "no_baseline")
    assert (out["time_days"] == (out["end_date"] - out["origin_date"]).dt.days).all()


def test_one_day_may_be_added_and_months_may_have_30_days():
    study = default_study()
    study["time"] = {**study["time"], "add_one_day": True, "month_days": 30}
    out = time_to_event(example(), study)
    assert ends(out)["A"] == (181, "event", "progression")
    assert (out["time_months"] == out["time_days"] / 30).all()
    assert (out["time_days"] == (out["end_date"] - out["origin_date"]).dt.days + 1).all()


def test_an_endpoint_may_have_rules_of_its_own():
    study = default_study()
    study["endpoints"] = [
        {"id": "ttp", "kind": "time_to_event", "events": ["progression"], "compartments": ["mesenteric"]},
        {"id": "lax", "kind": "time_to_event", "events": ["progression", "death"], "compartments": ["mesenteric"],
         "new_therapy": "ignore"},
    ]  # fmt: skip
    out = time_to_event(example(), study)
    for rule_set in ("study", "ema"):
        assert ends(out, "ttp", rule_set=rule_set)["C"] == (90, "censored", "death")
    assert ends(out, "lax")["D"] == (180, "event", "progression")


def test_the_cut_holds_even_if_later_records_are_there():
    out = time_to_event(example(), default_study(str(day(170).date())))
    assert ends(out)["A"] == (90, "censored", "last_adequate_assessment")
    assert ends(out)["C"] == (90, "censored", "last_adequate_assessment")
    assert ends(out, OS, "whole_patient")["A"] == (0, "censored", "no_follow_up")


def test_the_last_day_of_an_assessment_censors():
    """The set was read from day 84 to 90: free of progression is known up to day 90."""
    given = example()
    given["timepoint_responses"] = tables(timepoint_responses=[scan("A", 90, "SD", assessment_date=day(84))])[
        "timepoint_responses"
    ]
    assert ends(time_to_event(given, default_study()))["A"] == (90, "censored", "last_adequate_assessment")


def test_no_patients_and_no_endpoints():
    study = default_study()
    assert len(time_to_event(tables(), study)) == 0
    study["endpoints"] = [e for e in study["endpoints"] if e["kind"] == "response"]
    assert len(time_to_event(example(), study)) == 0


def test_what_is_not_built_is_refused_by_name():
    study = default_study()
    for key, value in (("origin", "diagnosis"), ("month_days", "lunar"), ("month_days", 0)):
        bad = {**study, "time": {**study["time"], key: value}}
        with pytest.raises(ConfigurationError, match=f"time.{key}"):
            time_to_event(example(), bad)
    with pytest.raises(ConfigurationError, match=r"survival.death: 'maybe' is not built"):
        time_to_event(example(), {**study, "survival": {**study["survival"], "death": "maybe"}})
    for events in (["relapse"], ["response", "death"], []):
        with pytest.raises(ConfigurationError, match=r"endpoints.x.events"):
            is_overall_survival({"id": "x", "events": events})
    with pytest.raises(ConfigurationError, match=r"(?s)endpoints.x.events.*not from the response on"):
        is_time_to_response({"id": "x", "events": ["response"], "origin": "response"})
    assert month_days(study) == 30.4375


def test_time_may_begin_at_entry_in_the_registry():
    """B entered 40 days before the first administration; nobody knows when the others did, and they keep day 0."""
    study = default_study()
    study["time"] = {**study["time"], "origin": "registration"}
    given = example()
    given["patients"] = tables(patients=[{"patient_id": "B", "registration_date": day(-40)}])["patients"]
    out = time_to_event(given, study)
    assert ends(out)["B"] == (220, "event", "progression")
    assert ends(out)["A"] == (180, "event", "progression")
    assert ends(out, OS, "whole_patient")["B"] == (0, "censored", "no_follow_up")
    rows = out[out["patient_id"] == "B"]
    assert set(rows["origin_date"]) == {day(-40)}
    assert (rows["time_days"] == (rows["end_date"] - rows["origin_date"]).dt.days).all()


def test_death_may_compete():
    study = default_study()
    study["survival"] = {**study["survival"], "death": "competing"}
    out = time_to_event(example(), study)
    assert ends(out)["C"] == (600, "competing", "death")
    assert ends(out)["A"] == (180, "event", "progression")
    # The published rule sets are about an event that deaths are part of.
    assert ends(out, rule_set="ema")["C"] == (600, "event", "death")
    assert ends(out, OS, "whole_patient")["C"] == (600, "event", "death")


def test_progression_elsewhere_may_compete():
    study = default_study()
    study["survival"] = {**study["survival"], "other_compartment_progression": "competing"}
    out = time_to_event(example(), study)
    assert ends(out)["B"] == (90, "competing", "other_compartment_progression")
    assert ends(out, compartment="non_mesenteric")["A"] == (180, "competing", "other_compartment_progression")
    assert ends(out, compartment="whole_patient")["A"] == (0, "censored", "no_post_baseline")


def test_calendar_months_are_counted_from_date_to_date():
    study = default_study()
    study["time"] = {**study["time"], "month_days": "calendar"}
    out = time_to_event(example(), study)
    rows = out[(out["endpoint"] == PFS) & (out["compartment"] == "mesenteric") & (out["rule_set"] == "study")]
    # 2015-01-01 to 2015-06-30: five months to 1 June, and 29 of the 30 days to 1 July.
    assert rows.set_index("patient_id").loc["A", "end_date"] == pd.Timestamp("2015-06-30")
    assert rows.set_index("patient_id").loc["A", "time_months"] == pytest.approx(5 + 29 / 30, abs=1e-12)
    study["time"]["add_one_day"] = True
    out = time_to_event(example(), study)
    rows = out[(out["endpoint"] == PFS) & (out["compartment"] == "mesenteric") & (out["rule_set"] == "study")]
    assert rows.set_index("patient_id").loc["A", "time_months"] == 6


def responding():
    """A responds on day 90 (confirmed) and progresses, B responds unconfirmed and dies, C never does and progresses.

    D is stable up to day 180; E dies after one scan.
    """
    return tables(
        cohort=[patient(p) for p in "ABCDE"],
        best_responses=[
            series("A", best="PR", first_response_date=day(60), first_confirmed_date=day(90)),
            series("B", best="PR", confirmed_response="SD", first_response_date=day(120)),
            *(series(p) for p in "CDE"),
        ],
        timepoint_responses=[
            scan("A", 60, "PR"), scan("A", 90, "PR"), scan("A", 180, "PR"), scan("A", 400, "PD"),
            scan("B", 120, "PR"), scan("B", 200, "SD"), scan("C", 90, "SD"), scan("C", 150, "PD"),
            scan("D", 180, "SD"), scan("E", 90, "SD"),
        ],
        follow_up=[news("A", 500), news("B", 300, "dead"), news("E", 100, "dead")],
    )  # fmt: skip


TTR, DOR, TTP = "time_to_response", "duration_of_response", "time_to_progression"


def test_time_to_response_of_everybody():
    """Nobody who has progressed or died can respond any more: both censor, unless they compete."""
    out = time_to_event(responding(), default_study())
    assert ends(out, TTR) == {
        "A": (60, "event", "response"),
        "B": (120, "event", "response"),
        "C": (150, "censored", "progression"),
        "D": (180, "censored", "last_adequate_assessment"),
        "E": (90, "censored", "death"),
    }
    assert set(out.loc[out["endpoint"] == TTR, "rule_set"]) == {"study"}
    study = default_study()
    study["survival"] = {**study["survival"], "death": "competing"}
    found = ends(time_to_event(responding(), study), TTR)
    assert (found["C"], found["E"]) == ((150, "competing", "progression"), (100, "competing", "death"))
    assert found["A"] == (60, "event", "response")


def test_duration_of_response_is_that_of_the_responders_from_the_first_response_on():
    out = time_to_event(responding(), default_study())
    assert ends(out, DOR) == {"A": (340, "event", "progression"), "B": (180, "event", "death")}
    rows = out[(out["endpoint"] == DOR) & (out["rule_set"] == "study")].set_index("patient_id")
    assert rows["origin_date"].to_dict() == {"A": day(60), "B": day(120)}
    assert rows["end_date"].to_dict() == {"A": day(400), "B": day(300)}


def test_a_confirmed_response_begins_with_itself_not_with_the_scan_that_confirms_it():
    study = default_study()
    study["response"] = {**study["response"], "primary_confirmation": "confirmed"}
    out = time_to_event(responding(), study)
    assert ends(out, DOR) == {"A": (310, "event", "progression")}
    assert ends(out, TTR)["A"] == (90, "event", "response")
    assert ends(out, TTR)["B"] == (200, "censored", "death")


def test_a_response_after_a_new_therapy_that_censors_is_no_event():
    given = responding()
    given["therapies"] = tables(therapies=[therapy("A", 30)])["therapies"]
    study = default_study()
    assert ends(time_to_event(given, study), TTR)["A"] == (0, "censored", "new_therapy")
    study["survival"] = {**study["survival"], "new_therapy": "ignore"}
    assert ends(time_to_event(given, study), TTR)["A"] == (60, "event", "response")
    study["survival"]["new_therapy"] = "event"
    assert ends(time_to_event(given, study), TTR)["A"] == (0, "censored", "new_therapy")


def test_time_to_progression_censors_deaths_under_every_rule_set():
    out = time_to_event(responding(), default_study())
    for rule_set in ("study", "fda", "ema"):
        assert ends(out, TTP, rule_set=rule_set)["B"] == (200, "censored", "death")
    assert ends(out, TTP)["A"] == (400, "event", "progression")


def test_the_order_of_rows_does_not_matter():
    given = example()
    shuffled = {k: v.sample(frac=1, random_state=1).reset_index(drop=True) for k, v in given.items()}
    pd.testing.assert_frame_equal(time_to_event(given, default_study()), time_to_event(shuffled, default_study()))
