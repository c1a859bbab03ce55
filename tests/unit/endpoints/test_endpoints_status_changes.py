"""Whom the rules of the agencies give another time or status, and why: the worked example of the derivation."""

from test_endpoints_cohorts import READER, day, default_study
from test_endpoints_time_to_event import PFS, example

from mesenluth.endpoints.estimate import estimate
from mesenluth.endpoints.status_changes import status_changes
from mesenluth.endpoints.time_to_event import time_to_event
from mesenluth.tables.io import to_arrow
from mesenluth.tables.results import RESULTS


def test_the_patients_whose_time_or_status_differs_with_both_dates_and_reasons():
    """C dies 510 days after the last scan: no event to the FDA. D progresses after a new therapy: an event to the EMA."""
    out = estimate(example(), default_study())
    changes = out["status_changes"]
    assert to_arrow(changes, RESULTS["status_changes"]).num_rows == len(changes)
    mine = changes[(changes["endpoint"] == PFS) & (changes["compartment"] == "mesenteric")]
    assert mine[["rule_set", "patient_id"]].values.tolist() == [["ema", "D"], ["fda", "C"]]
    d, c = (r for _, r in mine.iterrows())
    assert (d["study_end_date"], d["end_date"]) == (day(90), day(180))
    assert (d["study_status"], d["status"]) == ("censored", "event")
    assert (d["study_reason_code"], d["reason_code"]) == ("new_therapy", "progression")
    assert (c["study_time_days"], c["time_days"]) == (600, 90)
    assert c["why"] == (
        "study: event on 2016-08-23 (the patient died; under rules that censor deaths, censored at the last adequate"
        " assessment); fda: censored on 2015-04-01 (the event came too long after the last adequate assessment;"
        " censored there)"
    )
    counts = out["estimates"]
    counts = counts[(counts["endpoint"] == PFS) & (counts["compartment"] == "mesenteric")]
    counts = counts[counts["statistic"].isin(["changed", "changed_status"]) & (counts["evaluator"] == READER)]
    assert counts[["definition", "statistic", "numerator"]].values.tolist() == [
        ["fda", "changed", 1], ["fda", "changed_status", 1], ["ema", "changed", 1], ["ema", "changed_status", 1],
    ]  # fmt: skip


def test_the_counts_are_those_of_the_table():
    out = estimate(example(), default_study())
    counted = out["estimates"][out["estimates"]["statistic"] == "changed"]
    keys = ["endpoint", "compartment", "evaluator"]
    sizes = out["status_changes"].groupby([*keys, "rule_set"]).size()
    for row in counted.to_dict("records"):
        key = (*(row[k] for k in keys), row["definition"])
        assert sizes.get(key, 0) == row["numerator"]


def test_a_study_that_has_its_own_rules_alone_changes_nobody():
    study = default_study()
    study["survival"] = {**study["survival"], "rule_sets": ["study"]}
    assert len(status_changes(time_to_event(example(), study))) == 0
