"""A registry drawn from the study file alone: it says what the study file says, within chance, and is clean."""

import copy
import sqlite3

import numpy as np
import pandas as pd
import pytest

from mesenluth.errors import ConfigurationError
from mesenluth.simulate.drawn import parts
from mesenluth.simulate.drawn_registry import generate
from mesenluth.study import load


@pytest.fixture(scope="module")
def intracranial():
    from places import ROOT

    study = load(ROOT, ROOT / "studies/intracranial.yaml")
    study["source"]["patients"] = 2000
    return study


@pytest.fixture(scope="module")
def tables(intracranial, tmp_path_factory):
    path = tmp_path_factory.mktemp("drawn") / "registry.sqlite"
    rows = generate(intracranial, path)
    with sqlite3.connect(path) as database:
        found = {name: pd.read_sql(f"SELECT * FROM {name}", database) for name in rows}
    database.close()
    assert {name: len(frame) for name, frame in found.items()} == rows
    return found


def changed(study, **drawn):
    other = copy.deepcopy(study)
    other["source"]["drawn"] |= drawn
    return other


def test_lesions_lie_where_the_study_file_draws_them(tables):
    lesions = tables["lesions"].set_index("lesion_id")
    assert set(lesions["site"]) == {"brain", "lung", "mediastinum", "liver", "adrenal", "bone"}
    assert set(lesions.loc[lesions["nodal"] == "yes", "organ"]) == {"lymph_node"}
    first = lesions[lesions["role"] != "new"]
    share = first.groupby(first["site"] == "brain")["patient_id"].nunique() / 2000
    # 45 % and 96 % of 2,000: three standard errors are 3.3 and 1.3 percentage points.
    assert share[True] == pytest.approx(0.45, abs=0.034)
    assert share[False] == pytest.approx(0.96, abs=0.014)
    targets = lesions[lesions["role"] == "target"]
    assert targets.groupby(["patient_id", "organ"]).size().max() <= 2
    assert "bone" not in set(targets["organ"])


def test_as_many_sums_fall_by_thirty_percent_as_are_drawn_to_respond(tables):
    """Of the patients with brain lesions 68 % respond; counted here from the diameters, by hand."""
    read = tables["measurements"].merge(tables["lesions"][["lesion_id", "site", "role"]], on="lesion_id")
    read = read.merge(tables["scans"][["scan_id", "assessment"]], on="scan_id")
    read = read[(read["site"] == "brain") & (read["role"] == "target")]
    unread = read.loc[read["status"] == "not_evaluable", ["patient_id", "assessment"]].assign(unread=True)
    size = pd.to_numeric(read["longest_diameter_mm"], errors="coerce").fillna(0.0)
    sums = size.groupby([read["patient_id"], read["assessment"]]).sum().rename("sum").reset_index()
    sums = sums.merge(unread.drop_duplicates(), how="left")
    sums = sums[sums["unread"].isna()].pivot(index="patient_id", columns="assessment", values="sum")
    long = sums[sums["T02"].notna()]
    responds = (long.drop(columns="T00").min(axis=1) <= 0.7 * long["T00"]).mean()
    assert responds == pytest.approx(0.68, abs=0.06)


def test_nothing_contradicts_itself(tables):
    patients = tables["patients"].set_index("patient_id")
    last = tables["follow_up"].set_index("patient_id")["follow_up_date"]
    scans = tables["scans"].set_index("patient_id")
    assert (scans["scan_date"] <= last.reindex(scans.index)).sum() >= len(scans) - (scans["assessment"] == "T00").sum()
    assert (
        patients["diagnosis_date"] < tables["administrations"].groupby("patient_id")["administration_date"].min()
    ).all()
    measured = tables["measurements"]["status"] == "measured"
    sized = tables["measurements"][["longest_diameter_mm", "short_axis_mm"]].ne("").all(axis=1)
    assert (measured == sized).all()
    for name, frame in tables.items():
        assert frame.iloc[:, 0].is_unique, name


def test_the_same_study_gives_the_same_rows_and_another_seed_others(intracranial, tables, tmp_path):
    def lesions(study):
        generate(study, tmp_path / "again.sqlite")
        with sqlite3.connect(tmp_path / "again.sqlite") as database:
            found = pd.read_sql("SELECT * FROM lesions", database)
        database.close()
        return found

    assert lesions(intracranial).equals(tables["lesions"])
    other = copy.deepcopy(intracranial)
    other["source"]["seed"] += 1
    assert not lesions(other).equals(tables["lesions"])


def test_shares_are_those_of_the_sites(intracranial):
    brain, rest = parts(intracranial)
    assert brain.sites["site"].tolist() == ["brain"]
    assert np.isclose(rest.sites["share"].sum(), 100)


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ({"primary_sites": {"moon": 100}}, "primary_sites: 'moon'"),
        ({"next_therapy": "prayer"}, "next_therapy: 'prayer'"),
        ({"accrual_days": [400, 300]}, "the smaller number first"),
        ({"accrual_days": [100, 200]}, "at least 252"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_by_name(intracranial, drawn, said):
    with pytest.raises(ConfigurationError, match=said):
        parts(changed(intracranial, **drawn))


def test_a_site_of_another_compartment_is_refused(intracranial):
    other = copy.deepcopy(intracranial)
    other["source"]["drawn"]["compartments"]["intracranial"]["sites"][0]["site"] = "skull"
    with pytest.raises(ConfigurationError, match=r"sites\[0\].*'skull' lies in extracranial"):
        parts(other)
    del other["source"]["drawn"]["compartments"]["intracranial"]
    with pytest.raises(ConfigurationError, match="'intracranial' stands in only one"):
        parts(other)
