"""Which event came first: cumulative incidences of an endpoint that several events end, and what they add up to."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_endpoints_cohorts import default_study
from test_endpoints_event_curves import five
from test_endpoints_time_to_event import PFS, TTR, responding

from mesenluth.endpoints.estimate import estimate
from mesenluth.endpoints.incidence import causes_of, estimate_incidence, incidence_rows
from mesenluth.endpoints.survival import kaplan_meier
from mesenluth.tables.io import to_arrow
from mesenluth.tables.results import RESULTS

CAUSES = ["progression", "death"]


def study_with(**section):
    study = default_study()
    study["survival"] = {**study["survival"], **section}
    study["statistics"] = {**study["statistics"], "landmarks_months": [1, 2, 4, 5, 60], "min_at_risk": 1}
    return study


def of(out, table="estimates", **wanted):
    frame = out[table]
    rules = "definition" if table == "estimates" else "rule_set"
    for column, value in {"compartment": "mesenteric", "endpoint": PFS, rules: "study", **wanted}.items():
        frame = frame[frame[column] == value]
    return frame


def test_progression_against_death_by_hand():
    """Progression on day 30 and 120, death on day 60, censored on day 90 and 150.

    S: 4/5, 3/5, 3/5, 3/10. Progression: 1/5, then 3/5 x 1/2 more. Death: 4/5 x 1/4.
    """
    out = estimate(five(), study_with())
    found = of(out, statistic="incidence_progression")
    assert found["estimate"].tolist()[:4] == pytest.approx([0.2, 0.2, 0.5, np.nan], nan_ok=True)
    assert found["n_at_risk"].tolist() == [4, 3, 1, 0, 0]
    assert found["numerator"].tolist() == [1, 1, 2, 2, 2]
    assert found["denominator"].tolist() == [5] * 5
    death = of(out, statistic="incidence_death")
    assert death["estimate"].tolist()[:3] == pytest.approx([0, 0.2, 0.2])
    assert set(found["method"]) == {"Aalen-Johansen, log-log"}
    assert found["text"].iloc[-1] == "not estimable"
    assert found["reason"].iloc[-1] == "not estimable: longest follow-up 4.9 months"
    to_arrow(out["incidence"], RESULTS["incidence"])
    curve = of(out, "incidence", cause="progression")
    assert curve["time_months"].tolist()[:2] == [0, pytest.approx(30 / 30.4375)]
    assert curve["incidence"].tolist() == pytest.approx([0, 0.2, 0.2, 0.2, 0.5, 0.5])


def test_a_landmark_with_few_at_risk_is_not_shown():
    study = study_with()
    study["statistics"]["min_at_risk"] = 4
    found = of(estimate(five(), study), statistic="incidence_progression")
    assert found["text"].tolist()[1:3] == ["not shown"] * 2
    assert found["reason"].iloc[1] == "not shown: 3 at risk, fewer than 4"
    assert found[["estimate", "ci_low", "ci_high"]].iloc[1].isna().all()
    assert found["estimate"].iloc[0] == pytest.approx(0.2)


def times_of(rows):
    """Return rows of the endpoint from (days, what ended them)."""
    return pd.DataFrame(
        {
            "endpoint": PFS, "compartment": "mesenteric", "evaluator": "investigator", "rule_set": "study",
            "time_months": [d / 30.4375 for d, _ in rows],
            "status": ["censored" if r == "censored" else "event" for _, r in rows],
            "reason_code": ["last_adequate_assessment" if r == "censored" else r for _, r in rows],
        }
    )  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from([*CAUSES, "censored"])), min_size=1, max_size=30))
def test_the_incidences_and_freedom_from_both_add_up_to_1(rows):
    times, study = times_of(rows), default_study()
    found = estimate_incidence(times, CAUSES, study)
    free = kaplan_meier(times["time_months"], times["status"] == "event")
    assert found.time.tolist() == free.time.tolist()
    assert np.abs(found.incidence.sum(axis=1) + free.survival - 1).max() < 1e-12
    _, curves = incidence_rows(times, study)
    table = curves.pivot_table(index="time_months", columns="cause", values="incidence")
    assert set(table.columns) == set(CAUSES)
    assert (table.diff().dropna() >= -1e-12).all(axis=None)


def test_an_endpoint_that_one_event_ends_has_no_incidence_of_its_own():
    study = default_study()
    ends = {e["id"]: e for e in study["endpoints"] if e["kind"] == "time_to_event"}
    assert causes_of(ends[PFS], "study", "mesenteric", study) == CAUSES
    assert causes_of(ends["overall_survival"], "study", "whole_patient", study) == ["death"]
    assert causes_of(ends["time_to_progression"], "ema", "mesenteric", study) == ["progression"]
    assert causes_of(ends[TTR], "study", "mesenteric", study) == ["response"]
    study["survival"] = {**study["survival"], "other_compartment_progression": "competing", "death": "competing"}
    assert causes_of(ends[PFS], "study", "mesenteric", study) == [*CAUSES, "other_compartment_progression"]
    assert causes_of(ends[PFS], "study", "whole_patient", study) == CAUSES
    assert causes_of(ends[TTR], "study", "whole_patient", study) == ["response", *CAUSES]
    study["survival"] = {**study["survival"], "new_therapy": "event", "death": "censor"}
    assert causes_of(ends[PFS], "study", "whole_patient", study) == ["progression", "new_therapy"]
    assert set(estimate(five(), default_study())["incidence"]["endpoint"]) == {PFS}


def test_a_response_competes_with_progression_and_death_where_the_study_says_so():
    """A and B respond on day 60 and 120, C progresses on 150, E dies on 100, D is censored on 180."""
    out = estimate(responding(), study_with(death="competing"))
    found = of(out, endpoint=TTR, statistic="incidence_response")
    assert found["estimate"].tolist()[3] == pytest.approx(1 / 5 + 3 / 5 * 1 / 3)
    assert of(out, endpoint=TTR, statistic="incidence_death")["estimate"].tolist()[3] == pytest.approx(4 / 5 / 4)


def test_nobody_has_no_incidence():
    rows, curves = incidence_rows(times_of([]), default_study())
    assert rows == []
    assert len(curves) == 0
