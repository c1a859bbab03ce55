"""A portion holds whole patients, and all portions together hold every row of a known patient once."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.tables.io import conform, empty, to_arrow
from mesenluth.tables.portions import portions
from mesenluth.tables.registry import PATIENTS, THERAPIES

CONTRACTS = {"patients": PATIENTS, "therapies": THERAPIES}


def tables(patients, owners):
    people = empty(PATIENTS).reindex(range(len(patients)))
    people["patient_id"] = people["record_id"] = patients
    people["centre"] = "C1"
    rows = empty(THERAPIES).reindex(range(len(owners)))
    rows["therapy_id"] = rows["record_id"] = [f"T{i:03d}" for i in range(len(owners))]
    rows["patient_id"], rows["type"], rows["start_date"] = owners, "other", pd.Timestamp("2020-01-01")
    return {"patients": to_arrow(people, PATIENTS), "therapies": to_arrow(conform(rows, THERAPIES), THERAPIES)}


@given(st.integers(1, 9), st.lists(st.integers(0, 8), max_size=30), st.integers(1, 10))
def test_portions_are_a_partition_of_the_patients(n, owners, size):
    names = [f"P{i}" for i in range(n)]
    whole = tables(names, [f"P{i}" for i in owners])
    parts = list(portions(whole, CONTRACTS, size))
    assert [p["patients"]["patient_id"].tolist() for p in parts] == [names[i : i + size] for i in range(0, n, size)]
    for part in parts:
        assert set(part["therapies"]["patient_id"]) <= set(part["patients"]["patient_id"])
    found = sorted(t for p in parts for t in p["therapies"]["therapy_id"])
    assert found == [f"T{i:03d}" for i, owner in enumerate(owners) if owner < n]


def test_several_chunks_are_taken_from_like_one():
    whole = tables([f"P{i}" for i in range(5)], [f"P{i % 5}" for i in range(20)])
    rows = whole["therapies"]

    chunked = {**whole, "therapies": pa.concat_tables([rows.slice(0, 7), rows.slice(7, 1), rows.slice(8)])}
    for one, other in zip(portions(whole, CONTRACTS, 2), portions(chunked, CONTRACTS, 2), strict=True):
        pd.testing.assert_frame_equal(one["therapies"], other["therapies"])


def test_no_patient_is_one_empty_portion():
    (only,) = portions(tables([], []), CONTRACTS)
    assert {n: len(f) for n, f in only.items()} == {"patients": 0, "therapies": 0}
    assert only["patients"].dtypes.equals(empty(PATIENTS).dtypes)


@pytest.mark.parametrize("name", ["patients", "therapies"])
def test_types_are_those_of_the_contract(name):
    (only,) = portions(tables(["P0"], ["P0"]), CONTRACTS)
    assert only[name].dtypes.equals(empty(CONTRACTS[name]).dtypes)
    assert not np.any([str(t) == "object" for t in only[name].dtypes])
