"""A result is used again exactly where nothing that was read of the arguments differs."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from mesenluth.reuse import Reuse, reusable

CALLS = []


@pytest.fixture(autouse=True)
def nothing_called():
    CALLS.clear()


@reusable
def reads(tables, study):
    CALLS.append("reads")
    extra = study["b"]["y"] if study["a"] > 1 else 0
    return len(tables["one"]) + study["a"] + extra + sum(c["size"] for c in study["parts"])


@reusable
def outer(tables, study):
    CALLS.append("outer")
    return reads(tables, study) + study["b"].get("z", 100)


STUDY = {"a": 1, "b": {"x": 1, "y": 2}, "parts": [{"id": "p", "size": 3, "label": "P"}]}
TABLES = {"one": pd.DataFrame({"v": [1.0, None]}), "two": pd.DataFrame({"v": [1]})}


def test_without_an_active_reuse_every_call_is_made():
    assert reads(TABLES, STUDY) == reads(TABLES, STUDY) == 6
    assert CALLS == ["reads", "reads"]


@pytest.mark.parametrize(
    ("tables", "study", "called"),
    [
        (TABLES, STUDY, False),
        ({**TABLES, "two": pd.DataFrame()}, STUDY, False),
        ({**TABLES, "one": TABLES["one"].copy()}, STUDY, False),
        ({**TABLES, "one": pd.DataFrame({"v": [1.0, 2.0]})}, STUDY, True),
        ({**TABLES, "one": pd.DataFrame({"v": pd.array([1, None], "Int64")})}, STUDY, True),
        (TABLES, {**STUDY, "b": {"x": 5, "y": 9}}, False),
        (TABLES, {**STUDY, "a": 2}, True),
        (TABLES, {**STUDY, "a": True}, True),
        (TABLES, {**STUDY, "parts": [{"id": "q", "size": 3, "label": "Q"}]}, False),
        (TABLES, {**STUDY, "parts": [{"size": 4}]}, True),
        (TABLES, {**STUDY, "parts": [{"size": 3}, {"size": 0}]}, True),
    ],
)
def test_only_what_was_read_decides(tables, study, called):
    reuse = Reuse()
    with reuse.active():
        reads(TABLES, STUDY)
        expected = reads.__wrapped__(tables, study)
        CALLS.clear()
        assert reads(tables, study) == expected
    assert bool(CALLS) == called


def test_what_an_inner_call_read_counts_for_the_outer_one_even_where_it_was_used_again():
    reuse = Reuse()
    with reuse.active():
        reads(TABLES, STUDY)
        assert outer(TABLES, STUDY) == 106
        CALLS.clear()
        assert outer(TABLES, {**STUDY, "parts": [{"size": 4}]}) == 107
        assert CALLS == ["outer", "reads"]
        CALLS.clear()
        assert outer(TABLES, {**STUDY, "b": {"x": 1, "y": 2, "z": 0}}) == 6
        assert CALLS == ["outer"]


def test_asking_whether_a_key_is_there_is_reading():
    @reusable
    def asks(study):
        CALLS.append("asks")
        return "gap" in study, dict(study.get("all", {}))

    with Reuse().active():
        assert asks({"all": {"k": 1}}) == (False, {"k": 1})
        assert asks({"all": {"k": 1}, "other": 0}) == (False, {"k": 1})
        assert asks({"all": {"k": 1}, "gap": None}) == (True, {"k": 1})
        assert asks({"all": {"k": 1, "more": 2}}) == (False, {"k": 1, "more": 2})
    assert len(CALLS) == 3


@dataclass(frozen=True)
class Rules:
    first: int
    second: int | None


@dataclass(frozen=True)
class Arrays:
    values: np.ndarray


@reusable
def by_rules(arrays, rules):
    CALLS.append("by_rules")
    return arrays.values.sum() + rules.first


def test_of_plain_settings_the_fields_read_decide_and_of_arrays_all_values():
    rules, arrays = Rules(1, None), Arrays(np.array([1.0, np.nan]))
    with Reuse().active():
        by_rules(arrays, rules)
        by_rules(Arrays(arrays.values.copy()), replace(rules, second=3))
        assert len(CALLS) == 1
        by_rules(arrays, replace(rules, first=2))
        by_rules(Arrays(np.array([1, 2])), rules)
        assert len(CALLS) == 3


def test_what_is_not_kept_is_computed_anew():
    reuse = Reuse()
    with reuse.active():
        reads(TABLES, STUDY)
        reuse.keep = False
        reads(TABLES, {**STUDY, "a": 5})
        reads(TABLES, {**STUDY, "a": 5})
        reads(TABLES, STUDY)
    assert len(CALLS) == 3
