"""Two engines, one verdict: every rule that great_expectations can express finds the same rows as the rule engine.

What great_expectations is asked is written here from the contract of the column or the words of the rule, row by row.
"""

import copy
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_quality_rules import CATALOGUE, CLEAN, STUDY, frames

from mesenluth.quality.engine import validate
from mesenluth.quality.expectations import Expectation, Suite, examine
from mesenluth.registry.cut import with_record_ids
from mesenluth.registry.extract import extract
from mesenluth.registry.source import read
from mesenluth.simulate.registry import generate
from mesenluth.study import load
from mesenluth.tables.conditions import resolve
from mesenluth.tables.extracted import UNREADABLE, stored
from mesenluth.tables.io import conform, empty
from mesenluth.tables.registry import REGISTRY

SIGNS = {"at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<", "equals": "==", "is": "==", "in": "in"}
FOLLOWS = "which is itself in quarantine"


def query(condition, table):
    """Write a condition as a query of pandas: a comparison with a missing value is not true there either."""
    for word, sign in (("all", " and "), ("any", " or ")):
        if word in condition:
            return "(" + sign.join(query(part, table) for part in condition[word]) + ")"
    if "not" in condition:
        # In the catalogue it stands beside `known`, so that a missing value fails neither way.
        return f"(not {query(condition['not'], table)})"
    column, factor = resolve(table, condition["column"], "")
    (test,) = set(condition) - {"column"}
    value = condition[test]
    if test == "known":
        return f"({column.name} {'==' if value else '!='} {column.name})"
    return f"({column.name} {SIGNS[test]} {value * factor if factor > 1 else value!r})"


def pair(high, low):
    arguments = {"column_A": high, "column_B": low, "or_equal": True, "ignore_row_if": "either_value_is_missing"}
    return "ExpectColumnPairValuesAToBeGreaterThanB", arguments


def expectation(rule, tables):
    """Return the rule as great_expectations knows it; None if it cannot be said."""
    table, column = REGISTRY[rule.table], rule.columns[0]
    if rule.kind == "condition":
        arguments = {"column": "record_id", "row_condition": query(rule.condition, table), "condition_parser": "pandas"}
        return Expectation(rule.id, "ExpectColumnValuesToBeNull", arguments)
    parameters = rule.parameters
    known = {
        "required": ("ExpectColumnValuesToNotBeNull", {"column": column}),
        "unique": ("ExpectColumnValuesToBeUnique", {"column": column}),
        "column_exceeds": pair(parameters.get("other"), parameters.get("column")),
        "after_death": pair("date_of_death", parameters.get("date")),
        "before_diagnosis": pair(parameters.get("date"), "diagnosed"),
        "same_date": ("ExpectCompoundColumnsToBeUnique",
                      {"column_list": ["patient_id", "administration_date"], "ignore_row_if": "any_value_is_missing"}),
    }  # fmt: skip
    if rule.kind == "allowed":
        known["allowed"] = (
            "ExpectColumnValuesToBeInSet",
            {"column": column, "value_set": list(table.column(column).allowed)},
        )
    if rule.kind == "range":
        limits = {"min_value": table.column(column).minimum, "max_value": table.column(column).maximum}
        known["range"] = ("ExpectColumnValuesToBeBetween", {"column": column, **limits})
    if rule.kind == "reference":
        target, key = table.references[column].split(".")
        names = sorted(tables[target][key].dropna().unique())
        known["reference"] = ("ExpectColumnValuesToBeInSet", {"column": column, "value_set": names})
    kind = rule.check or rule.kind
    return Expectation(rule.id, *known[kind]) if kind in known else None


def plain(frame):
    """Return a table in the types of plain pandas, gaps as NaN."""
    out = frame.copy()
    for name in out:
        if pd.api.types.is_integer_dtype(out[name].dtype):
            out[name] = out[name].astype("float64")
        elif not pd.api.types.is_datetime64_any_dtype(out[name].dtype) and out[name].dtype != "float64":
            out[name] = out[name].astype(object).where(out[name].notna(), np.nan)
    return out


def joined(name, stage):
    """Return a table with the dates of other tables that dates of it are compared with."""
    rows, news = stage[name], stage["follow_up"]
    deaths = news[(news["vital_status"] == "dead").to_numpy(bool)].groupby("patient_id")["follow_up_date"].min()
    diagnoses = stage["patients"].drop_duplicates("patient_id").set_index("patient_id")["diagnosis_date"]
    return rows.assign(
        date_of_death=rows["patient_id"].map(deaths), diagnosed=rows["patient_id"].map(diagnoses)
    )  # fmt: skip


def both(tables, unreadable, study, only=tuple(REGISTRY)):
    """Return what either engine finds: rule -> records; of rules that great_expectations can express."""
    result = validate(tables, unreadable, study, CATALOGUE)
    found = result.findings[~result.findings["message"].str.contains(FOLLOWS, regex=False)]
    ours = found.groupby("rule")["record_id"].agg(set).to_dict()
    contract = {r.id for r in CATALOGUE.contract if r.keeps_out}
    out = found[found["rule"].isin(contract)]
    # Errors look at the rows that keep the contracts, warnings at those that are accepted in the end.
    errors = {n: f[~f["record_id"].isin(out.loc[out["table"] == n, "record_id"])] for n, f in tables.items()}
    suites = []
    for name in only:
        stages = ((tables, lambda r: r.kind != "condition" and not r.check), (errors, lambda r: r.keeps_out),
                  (result.accepted, lambda r: not r.keeps_out))  # fmt: skip
        taken = set()
        for i, (stage, mine) in enumerate(stages):
            rules = [r for r in CATALOGUE.rules if r.table == name and r.id not in taken and mine(r)]
            asked = [e for r in rules if (e := expectation(r, tables))]
            taken |= {r.id for r in rules}
            if asked and len(stage[name]):
                suites.append(Suite(f"{name}{i}", plain(joined(name, stage)), "record_id", tuple(asked)))
    results = examine(suites)
    assert not [r.error for r in results if r.error and not r.empty]
    return ours, {r.expectation.id: set(r.unexpected) for r in results}, result


def compare(tables, unreadable, study, only=tuple(REGISTRY)):
    """Assert that both engines find the same rows, and return how many rules found any."""
    ours, theirs, result = both(tables, unreadable, study, only)
    unread = unreadable.groupby(["table", "column"])["record_id"].agg(set).to_dict()
    for rule, rows in theirs.items():
        about = CATALOGUE[rule]
        mine = ours.get(rule, set())
        if about.kind == "required":
            # A cell that could not be read is empty, but not missing.
            rows = rows - unread.get((about.table, about.columns[0]), set())
        if about.kind == "unique":
            # Of exact copies the first one may stay.
            spared = rows - mine
            key = about.columns[0]
            kept = tables[about.table].set_index("record_id").loc[sorted(spared), key]
            copies = tables[about.table].groupby(key)["record_id"].min()
            assert spared == set(copies[kept]) and kept.is_unique, rule
            rows = mine
        assert rows == mine, rule
    return theirs


@cache
def synthetic(root, path):
    study = load(root)
    study["source"].update(patients=320, path=f"{path}/registry.sqlite")
    generate(study, f"{path}/registry.sqlite")
    delivery = read(study, root)
    texts = {n: conform(with_record_ids(n, delivery.tables[n]), stored(n)) for n in REGISTRY}
    return study, extract(texts, delivery.readings, study["cut"]["date"])


def test_they_agree_on_the_synthetic_registry_with_its_defects(root, tmp_path):
    study, extracted = synthetic(root, tmp_path)
    theirs = compare(extracted.tables, extracted.unreadable, study)
    assert sum(bool(rows) for rows in theirs.values()) > 60
    said = {CATALOGUE[r].kind if not CATALOGUE[r].check else CATALOGUE[r].check for r in theirs}
    assert said == {
        "required", "unique", "allowed", "range", "reference", "condition", "column_exceeds", "after_death",
        "before_diagnosis", "same_date",
    }  # fmt: skip
    # Every condition of the catalogue can be said.
    assert {r.id for r in CATALOGUE.clinical if r.kind == "condition"} <= set(theirs)


CELLS = [
    (name, column, row)
    for name, rows in CLEAN.items()
    for column in REGISTRY[name].columns
    if column.name != "record_id"
    for row in list(rows)[:6]
]


def values(column):
    """Values of a cell: missing, allowed, at and beyond the limits, of another row, or none that is known."""
    if column.type == "bool":
        return st.sampled_from([None, True, False])
    if column.type == "date":
        return st.sampled_from([None, "2014-12-31", "2018-01-01", "2020-12-01", "2020-12-02"])
    if column.type == "string":
        return st.sampled_from([None, *column.allowed, "bogus", "A", "A-s1", "A-mm"])
    limits = [v + d for v in (column.minimum, column.maximum) if v is not None for d in (-1, 0, 1)]
    return st.sampled_from([None, *limits, 3 if column.type == "int" else 3.0])


@settings(max_examples=4)
@given(data=st.data())
def test_they_agree_on_any_tables(data):
    registry = copy.deepcopy(CLEAN)
    only = data.draw(st.lists(st.sampled_from(list(REGISTRY)), min_size=2, max_size=2, unique=True))
    cells = [c for c in CELLS if c[0] in only]
    for name, column, row in data.draw(st.lists(st.sampled_from(cells), min_size=10, max_size=40)):
        registry[name][row][column.name] = data.draw(values(column))
    compare(frames(registry), empty(UNREADABLE), STUDY, only)


@pytest.mark.parametrize("damage", ["rows", "values"])
def test_nothing_to_look_at_is_a_failure(damage):
    frame = frames(CLEAN)["markers"]
    frame = frame.iloc[:0] if damage == "rows" else frame.assign(specimen=None)
    asked = (
        Expectation("set", "ExpectColumnDistinctValuesToBeInSet", {"column": "specimen", "value_set": ["serum"]}),
        Expectation("mean", "ExpectColumnValuesToBeInSet", {"column": "specimen", "value_set": ["serum"]}),
        Expectation("type", "ExpectColumnValuesToBeOfType", {"column": "specimen", "type_": "object"}),
    )
    first, second, kind = examine([Suite("markers", plain(frame), "record_id", asked)])
    assert not first.success and first.empty and ("no row" in first.error or "no value" in first.error)
    assert not second.success and second.empty
    assert not kind.empty
