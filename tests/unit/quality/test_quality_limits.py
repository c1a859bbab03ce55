"""Limits of the gate by severity and centre, and the release of a cut under a name and a reason."""

import copy

import pandas as pd
import pytest

from mesenluth.errors import GateError
from mesenluth.quality.limits import limit_conditions, rows_by_centre
from mesenluth.quality.release import decide
from mesenluth.study import SCHEMA, load, settings, validate
from mesenluth.tables.io import conform
from mesenluth.tables.results import FINDINGS, GATE
from mesenluth.tables.results_picture import PROFILE

ROWS = pd.DataFrame({"table": ["patients", "scans"], "accepted": [90, 95], "quarantined": [10, 5]})
CENTRES = pd.Series({"C1": 150, "C2": 50, "C3": 20}, name="n")
NONE = {"error": None, "warning": None, "info": None}


def limits(**over):
    quality = {
        "max_findings": NONE, "max_findings_percent": NONE, "max_centre_quarantined_percent": {"default": None},
        "max_centre_errors": None, "centre_min_values": 30,
    }  # fmt: skip
    return {"quality": quality | over}


def findings(*rows):
    """Findings of (table, record, centre, severity, disposition)."""
    frame = pd.DataFrame(rows, columns=["table", "record_id", "centre", "severity", "disposition"])
    frame = frame.assign(
        finding_id=[f"f{i}" for i in range(len(frame))], patient_id=None, rule=[f"r{i}" for i in range(len(frame))],
        columns="c", observed=None, message="m",
    )  # fmt: skip
    return conform(frame, FINDINGS)


FOUND = findings(
    ("patients", "a", "C1", "error", "quarantined"),
    ("patients", "a", "C1", "error", "quarantined"),
    ("scans", "b", "C2", "error", "quarantined"),
    ("scans", "c", "C2", "warning", "flagged"),
    ("scans", "d", "C3", "warning", "flagged"),
    ("scans", "e", None, "error", "quarantined"),
)


def seen(study):
    frame = limit_conditions(ROWS, FOUND, CENTRES, study)
    return {r["condition"]: (r["observed"], r["limit"]) for r in frame.to_dict("records")}


def test_a_limit_that_is_null_asks_nothing():
    assert seen(limits()) == {}


def test_findings_of_a_severity_are_counted_and_rows_with_one_are_a_share_of_all_rows():
    asked = limits(max_findings={**NONE, "error": 3}, max_findings_percent={**NONE, "error": 1, "warning": 0.5})
    # Four findings, on three rows, of 200 rows.
    assert seen(asked) == {
        "severity.error.findings": (4, 3), "severity.error.percent": (1.5, 1), "severity.warning.percent": (1.0, 0.5),
    }  # fmt: skip


def test_a_centre_is_judged_by_its_own_rows_and_one_with_few_by_counts_alone():
    asked = limits(max_centre_quarantined_percent={"default": 1, "C2": 5}, max_centre_errors=1)
    assert seen(asked) == {
        "centre.C1.quarantined_percent": (100 / 150, 1), "centre.C2.quarantined_percent": (2.0, 5),
        "centre.C1.errors": (2, 1), "centre.C2.errors": (1, 1), "centre.C3.errors": (0, 1),
    }  # fmt: skip


def test_a_centre_without_limit_is_not_judged():
    asked = limits(max_centre_quarantined_percent={"default": 1, "C2": None})
    assert list(seen(asked)) == ["centre.C1.quarantined_percent"]


def test_rows_of_a_centre_are_those_of_all_tables():
    rows = [("patients", "C1", 2), ("scans", "C1", 5), ("scans", "unassigned", 3), ("scans", "C2", 1)]
    frame = pd.DataFrame(rows, columns=["table", "centre", "n"]).assign(column="*", measure="rows", value="")
    other = frame.assign(column="modality", measure="given")
    profile = conform(pd.concat([frame, other]), PROFILE)
    assert rows_by_centre(profile).to_dict() == {"C1": 7, "C2": 1}


# ---- the decision --------------------------------------------------------------------------------------------


def gate(**passed):
    rows = [
        {"condition": c.replace("__", "."), "observed": 1, "limit": 0, "passed": p, "message": f"{c} is broken"}
        for c, p in passed.items()
    ]
    return conform(pd.DataFrame(rows).reindex(columns=GATE.column_names), GATE)


def of(mode="block", **release):
    given = {"cut": "2023-06-30", "by": "A. Martin", "reason": "centres were asked"} | release if release else None
    return {"quality": {"gate": mode, "release": given}, "cut": {"date": "2023-06-30"}}


BROKEN = gate(scans__quarantined_percent=False, patients__min_rows=True)


def test_a_cut_that_holds_every_condition_needs_no_release():
    decided = decide(gate(scans__min_rows=True), of(by="A. Martin"))
    assert decided["released_by"].isna().all()


def test_a_broken_condition_blocks_and_says_what_to_do():
    with pytest.raises(GateError, match="scans__quarantined_percent is broken") as caught:
        decide(BROKEN, of())
    assert caught.value.exit_status == 4
    assert "quality.release" in str(caught.value) and "patients__min_rows" not in str(caught.value)


def test_a_warning_goes_on_and_keeps_the_verdict():
    decided = decide(BROKEN, of("warn"))
    assert decided["passed"].tolist() == [True, False] or decided["passed"].tolist() == [False, True]
    assert decided["released_by"].isna().all()


def test_a_release_stands_beside_the_condition_it_answers_for():
    decided = decide(BROKEN, of(by="A. Martin")).set_index("condition")
    assert decided.loc["scans.quarantined_percent", ["released_by", "released_because"]].tolist() == [
        "A. Martin", "centres were asked",
    ]  # fmt: skip
    assert pd.isna(decided.loc["patients.min_rows", "released_by"])
    assert not decided.loc["scans.quarantined_percent", "passed"]


def test_a_release_of_another_cut_releases_nothing():
    with pytest.raises(GateError, match=r"is for the cut of 2022-12-31, not for this one"):
        decide(BROKEN, of(cut="2022-12-31"))


@pytest.mark.parametrize("condition", ["row_counts__expectations", "rules__missing"])
def test_nobody_can_answer_for_a_judgement_that_is_not_sound(condition):
    with pytest.raises(GateError, match="no release can answer for this"):
        decide(gate(**{condition: False}), of(by="A. Martin"))


@pytest.mark.parametrize(
    "release", [{"by": "A. Martin"}, {"cut": "2023-06-30", "by": " ", "reason": "x" * 20}, {"cut": "now"}]
)
def test_a_release_without_cut_name_or_reason_is_refused(root, release):
    study = load(root)
    study["quality"]["release"] = release
    with pytest.raises(Exception, match=r"quality\.release"):
        validate(study, root / SCHEMA)


def test_what_the_gate_allows_runs_no_step_before_it_again(root):
    study, other = load(root), copy.deepcopy(load(root))
    other["quality"] |= {"gate": "warn", "max_centre_errors": 3, "min_rows": {}}
    for step in ("validate", "picture", "queries"):
        assert settings(study, step) == settings(other, step)
    assert settings(study, "gate") != settings(other, "gate")
