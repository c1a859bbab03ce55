"""The gate: conditions, their judgement by great_expectations, and that it agrees with the rule engine."""

import json
import os
import re
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from test_quality_rules import CATALOGUE, STUDY, broken_cells, change, frames, judge, with_rows

from mesenluth.quality import gate
from mesenluth.quality.catalogue import RULES
from mesenluth.quality.engine import validate
from mesenluth.quality.expectations import Expectation, Suite, as_result, examine
from mesenluth.tables.extracted import UNREADABLE
from mesenluth.tables.io import empty, to_arrow
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import GATE

LIMITS = {"quality": {"max_quarantined_percent": {"default": 10}, "min_rows": {"patients": 1, "scans": 5}}}
RESULT = judge()
ROWS = RESULT.counts.assign(after_cut=3, read=lambda d: d["accepted"] + d["quarantined"] + 3)
RULE_COUNTS = RESULT.rule_counts


def rows(table, **values):
    """Row counts with other numbers in one table."""
    changed = ROWS.copy()
    for name, value in values.items():
        changed.loc[changed["table"] == table, name] = value
    return changed


def decide(row_counts=ROWS, rule_counts=RULE_COUNTS, study=LIMITS):
    return gate.judge(gate.conditions(row_counts, rule_counts, study), row_counts, rule_counts)


def refused(verdict):
    return list(verdict.loc[~verdict["passed"], "condition"])


# ---- conditions ----------------------------------------------------------------------------------------------


def test_a_clean_cut_passes():
    verdict, summary = decide()
    assert verdict["passed"].all() and gate.refusals(verdict) == [] and summary["success"]
    expected = {f"{t}.{c}" for t in REGISTRY for c in ("quarantined_percent", "rules_idle")}
    expected |= {"patients.min_rows", "scans.min_rows", "rules.missing"}
    expected |= {"row_counts.expectations", "rule_counts.expectations", "gate.expectations"}
    assert set(verdict["condition"]) == expected
    to_arrow(verdict, GATE)


@pytest.mark.parametrize(
    ("quarantined", "accepted", "limits", "passes"),
    [
        (10, 90, {"default": 10}, True),  # at the limit
        (11, 89, {"default": 10}, False),
        (1, 9, {"default": 10}, True),
        (3, 27, {"default": 10}, True),
        (10, 90, {"default": 50, "scans": 9.9}, False),
        (40, 60, {"default": 10, "scans": 40}, True),
        (1, 999, {"default": 0.1}, True),
        (0, 5, {"default": 0}, True),
    ],
)
def test_quarantined_percent(quarantined, accepted, limits, passes):
    counts = rows("scans", quarantined=quarantined, accepted=accepted, read=quarantined + accepted + 3)
    study = {"quality": {"max_quarantined_percent": limits, "min_rows": {}}}
    verdict, _ = decide(counts, study=study)
    assert refused(verdict) == ([] if passes else ["scans.quarantined_percent"])
    if not passes:
        (message,) = gate.refusals(verdict)
        assert "scans" in message and f"{quarantined} of {quarantined + accepted}" in message and "%" in message


def test_rows_after_the_cut_are_no_quarantine_and_empty_tables_pass():
    counts = rows("responses", quarantined=0, accepted=0, after_cut=7, read=7)
    verdict, _ = decide(counts)
    assert refused(verdict) == []


def test_too_few_rows():
    counts = rows("scans", accepted=4, read=7)
    verdict, _ = decide(counts)
    assert refused(verdict) == ["scans.min_rows"]
    assert gate.refusals(verdict) == ["scans: 4 rows may be analysed, at least 5 are needed"]
    none = {"quality": {**LIMITS["quality"], "min_rows": {"uptake": 1}}}
    verdict, _ = decide(rows("uptake", accepted=0, read=3), study=none)
    assert refused(verdict) == ["uptake.min_rows"]


def test_a_rule_that_looked_at_nothing_or_is_missing():
    idle = RULE_COUNTS.assign(checked=RULE_COUNTS["checked"].where(RULE_COUNTS["rule"] != "scans.gap", 0))
    verdict, _ = decide(rule_counts=idle)
    assert refused(verdict) == ["scans.rules_idle"]
    assert "scans.gap" in gate.refusals(verdict)[0]
    verdict, _ = decide(rule_counts=RULE_COUNTS[RULE_COUNTS["rule"] != "scans.gap"])
    assert refused(verdict) == ["rules.missing", "scans.rules_idle"]
    # A table without rows gives rules nothing to look at.
    unused = RULE_COUNTS.assign(checked=RULE_COUNTS["checked"].where(RULE_COUNTS["table"] != "uptake", 0))
    verdict, _ = decide(rows("uptake", accepted=0, read=3), unused)
    assert refused(verdict) == []


def test_a_bad_cut_is_refused_end_to_end():
    result = judge(*(change("scans", f"A-s{i}", modality="bogus") for i in range(5)))
    counts = result.counts.assign(after_cut=0, read=lambda d: d["accepted"] + d["quarantined"])
    verdict, _ = decide(counts, result.rule_counts)
    assert refused(verdict) == [
        "measurements.quarantined_percent",
        "scans.quarantined_percent",
        "uptake.quarantined_percent",
    ]


# ---- what makes the counts themselves untrustworthy ------------------------------------------------------------


@pytest.mark.parametrize(
    ("row_counts", "rule_counts", "says"),
    [
        (rows("scans", read=14), RULE_COUNTS, "adds_up"),
        (rows("scans", read=1, after_cut=-9), RULE_COUNTS, "after_cut_not_negative"),
        (ROWS.iloc[:-1], RULE_COUNTS, "every_table"),
        (ROWS.assign(table="scans"), RULE_COUNTS, "table_once"),
        (ROWS.assign(table=["nothing", *ROWS["table"][1:]]), RULE_COUNTS, "table_known"),
        (ROWS.iloc[:0], RULE_COUNTS, "not_empty"),
        (ROWS.assign(accepted=np.nan), RULE_COUNTS, "accepted_present"),
        (ROWS.assign(table=None), RULE_COUNTS, "table_present"),
        (ROWS.drop(columns="accepted"), RULE_COUNTS, "could not be judged"),
        (ROWS.assign(read="many"), RULE_COUNTS, "could not be judged"),
        (ROWS, RULE_COUNTS.iloc[:0], "not_empty"),
        (ROWS, RULE_COUNTS.assign(severity=None), "severity_present"),
        (ROWS, RULE_COUNTS.assign(severity="fatal"), "severity_known"),
        (ROWS, RULE_COUNTS.assign(failed=RULE_COUNTS["checked"] + 1), "failed_at_most_checked"),
        (ROWS, RULE_COUNTS.assign(failed=-1), "failed_not_negative"),
        (ROWS, pd.concat([RULE_COUNTS, RULE_COUNTS.head(1)]), "rule_once"),
        (ROWS, RULE_COUNTS.drop(columns="checked"), "could not be judged"),
    ],
)  # fmt: skip
def test_counts_that_cannot_be_trusted(row_counts, rule_counts, says):
    verdict, summary = gate.judge(gate.conditions(ROWS, RULE_COUNTS, LIMITS), row_counts, rule_counts)
    about = "row_counts" if row_counts is not ROWS else "rule_counts"
    assert refused(verdict) == [f"{about}.expectations"]
    assert says in gate.refusals(verdict)[0]
    assert not summary["success"]
    json.dumps(summary)


@pytest.mark.parametrize(
    ("damage", "refuses"),
    [
        (lambda c: c.assign(observed=np.nan), "all"),
        (lambda c: c.assign(limit=np.nan), "all"),
        (lambda c: c.assign(comparison=None), "all"),
        (lambda c: c.assign(comparison="about"), "all"),
        (lambda c: c.drop(columns="comparison"), "all"),
        (lambda c: c.assign(observed=c["observed"].where(c["condition"] != "scans.min_rows")), ["scans.min_rows"]),
    ],
)
def test_conditions_that_cannot_be_judged_do_not_pass(damage, refuses):
    conditions = damage(gate.conditions(ROWS, RULE_COUNTS, LIMITS))
    verdict, _ = gate.judge(conditions, ROWS, RULE_COUNTS)
    mine = set(verdict.loc[~verdict["passed"], "condition"]) - {"gate.expectations"}
    assert mine == set(conditions["condition"] if refuses == "all" else refuses)


def test_no_conditions_at_all_are_refused():
    verdict, _ = gate.judge(gate.conditions(ROWS, RULE_COUNTS, LIMITS).iloc[:0], ROWS, RULE_COUNTS)
    assert refused(verdict) == ["gate.expectations"]


def test_an_exception_is_a_failure_whatever_the_severity():
    table = pd.DataFrame({"name": ["a", "b"], "value": [1, 2]})
    asked = (
        Expectation("fine", "ExpectColumnValuesToBeBetween", {"column": "value", "min_value": 1}),
        Expectation("gone", "ExpectColumnValuesToNotBeNull", {"column": "no such column"}, severity="info"),
        Expectation("type", "ExpectColumnValuesToBeBetween", {"column": "name", "min_value": 1}, severity="warning"),
        Expectation("broken", "ExpectColumnValuesToBeInSet", {"column": "value", "value_set": [1]}, severity="info"),
    )
    fine, gone, wrong_type, broken = examine([Suite("try", table, "name", asked)])
    assert fine.success and not fine.error
    assert not gone.success and "no such column" in gone.error
    assert not wrong_type.success and wrong_type.error
    assert not broken.success and not broken.error and broken.unexpected == ("b",)


def test_no_result_is_a_failure():
    asked = Expectation("lost", "ExpectColumnValuesToNotBeNull", {"column": "name"})
    suite = Suite("try", pd.DataFrame({"name": ["a"]}), "name", (asked,))
    for raw in (None, SimpleNamespace(success=False, result={}, exception_info={})):
        result = as_result(suite, asked, raw)
        assert not result.success and "no result" in result.error


# ---- determinism and silence -----------------------------------------------------------------------------------


def test_the_summary_is_a_function_of_the_counts():
    first, second = decide(), decide()
    pd.testing.assert_frame_equal(first[0], second[0])
    text = json.dumps(first[1], sort_keys=True)
    assert text == json.dumps(second[1], sort_keys=True)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text), "a random name"
    assert not re.search(r"20\d\d-\d\d|\d\d:\d\d:\d\d", text), "a time"
    suites = {s["name"]: s for s in first[1]["suites"]}
    assert list(suites) == ["row_counts", "rule_counts", "gate"]
    assert suites["row_counts"]["rows"] == len(REGISTRY) and suites["rule_counts"]["rows"] == len(CATALOGUE.ids)
    for suite in suites.values():
        assert all(e["severity"] == "critical" and e["success"] for e in suite["expectations"])


def test_nothing_on_the_console_no_file_and_no_early_import(tmp_path):
    program = """
        import sys
        import pandas as pd
        from mesenluth.quality import catalogue, engine, gate
        from mesenluth.tables.registry import REGISTRY
        assert "great_expectations" not in sys.modules, "imported too early"
        rows = pd.DataFrame({"table": list(REGISTRY), "read": 1, "after_cut": 0, "accepted": 1, "quarantined": 0})
        rules = pd.DataFrame(
            [(r.id, r.table, r.severity, 1, 0, r.message) for r in catalogue.load().rules],
            columns=["rule", "table", "severity", "checked", "failed", "description"],
        )
        limits = {"quality": {"max_quarantined_percent": {"default": 10}, "min_rows": {}}}
        verdict, _ = gate.judge(gate.conditions(rows, rules, limits), rows, rules)
        assert verdict["passed"].all()
        gate.judge(gate.conditions(rows, rules, limits), rows.drop(columns="read"), rules.iloc[:0])
    """
    home = tmp_path / "home"
    home.mkdir()
    source = str(RULES.parents[2])
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": source}
    run = subprocess.run(
        [sys.executable, "-B", "-c", textwrap.dedent(program)],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert list(home.iterdir()) == []


# ---- two engines, one verdict ------------------------------------------------------------------------------------

JUDGED = ("required", "allowed", "range", "unique")


def as_expectation(rule):
    column = REGISTRY[rule.table].column(rule.columns[0])
    kind, arguments = {
        "required": ("ExpectColumnValuesToNotBeNull", {}),
        "allowed": ("ExpectColumnValuesToBeInSet", {"value_set": list(column.allowed)}),
        "range": ("ExpectColumnValuesToBeBetween", {"min_value": column.minimum, "max_value": column.maximum}),
        "unique": ("ExpectColumnValuesToBeUnique", {}),
    }[rule.kind]
    return Expectation(rule.id, kind, {"column": column.name, **arguments})


def test_the_rule_engine_and_great_expectations_find_the_same_rows():
    rules = [r for r in CATALOGUE.contract if r.kind in JUDGED]
    registry, made = with_rows(rules, broken_cells)
    tables = frames(registry)
    suites = [
        Suite(name, tables[name], "record_id", tuple(as_expectation(r) for r in rules if r.table == name))
        for name in REGISTRY
    ]
    theirs = {r.expectation.id: list(r.unexpected) for r in examine(suites)}
    findings = validate(tables, empty(UNREADABLE), STUDY).findings
    ours = findings.groupby("rule")["record_id"].agg(sorted)
    assert theirs == {r.id: ours.get(r.id, []) for r in rules}
    assert theirs == {r.id: sorted(f"{r.table}:{name}" for name in made[r.id]) for r in rules}
