"""Day 0 and what was given: the sum of the activities is exact, whatever the order and the library."""

import itertools

import pandas as pd

from mesenluth.response.origins import origins
from mesenluth.tables.io import conform
from mesenluth.tables.registry import ADMINISTRATIONS

PRRT = {"column": "product", "in": ["177Lu-DOTATATE"]}


def given(activities):
    return conform(
        pd.DataFrame(
            {
                "record_id": [f"r{i}" for i in range(len(activities))],
                "administration_id": [f"a{i}" for i in range(len(activities))],
                "patient_id": "P",
                "cycle_number": range(1, len(activities) + 1),
                "administration_date": pd.date_range("2020-01-01", periods=len(activities), freq="56D"),
                "product": "177Lu-DOTATATE",
                "activity_gbq": activities,
            }
        ),
        ADMINISTRATIONS,
    )


def test_activities_are_added_exactly():
    for order in itertools.permutations([0.1, 0.2, 0.3, 7.44]):
        assert origins(given(list(order)), PRRT)["activity_gbq"].tolist() == [8.04]


def test_a_part_of_a_sum_is_no_sum():
    assert origins(given([7.4, None]), PRRT)["activity_gbq"].isna().tolist() == [True]


def test_day_0_is_the_first_administration():
    found = origins(given([7.4, 7.4]), PRRT).iloc[0]
    assert (found["origin_date"], found["last_administration_date"]) == (
        pd.Timestamp("2020-01-01"),
        pd.Timestamp("2020-02-26"),
    )
    assert found["administrations"] == 2
