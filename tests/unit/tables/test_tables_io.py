"""The one reader and writer: contracts kept, same content same bytes, nothing half-written."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.errors import TableError
from mesenluth.tables import io
from mesenluth.tables.digest import logical_hash
from mesenluth.tables.extracted import extracted, stored
from mesenluth.tables.io import (
    STRING,
    atomic_write,
    conform,
    empty,
    read_footer,
    read_table,
    to_arrow,
    write_table,
)
from mesenluth.tables.model import Column, Table
from mesenluth.tables.registry import DATED_BY, REGISTRY
from mesenluth.tables.results import RESULTS

SMALL = Table(
    "small",
    "one thing",
    "For tests.",
    (
        Column("name", "string", "name", required=True),
        Column("text", "string", "text"),
        Column("count", "int", "count", required=True),
        Column("maybe", "int", "perhaps a count"),
        Column("share", "float", "share", unit="percent"),
        Column("yes", "bool", "yes or no"),
        Column("day", "date", "day"),
    ),
    key=("name",),
)


def small(names: list[str]) -> pd.DataFrame:
    n = len(names)
    return pd.DataFrame(
        {
            "name": names,
            "text": [None, "é"] * (n // 2) + [""] * (n % 2),
            "count": range(n),
            "maybe": [None if i % 3 else i for i in range(n)],
            "share": [np.nan if i % 2 else i / 3 for i in range(n)],
            "yes": [None if i % 3 else bool(i % 2) for i in range(n)],
            "day": [None if i % 2 else pd.Timestamp("2020-02-29") for i in range(n)],
        }
    )


@pytest.mark.parametrize("table", [*REGISTRY.values(), *RESULTS.values()], ids=lambda t: t.name)
def test_every_contract_round_trips_empty(table, tmp_path):
    path = tmp_path / "t.parquet"
    write_table(empty(table), path, table)
    back = read_table(path, table)
    assert list(back.columns) == table.column_names
    assert (back.dtypes == empty(table).dtypes).all()


@pytest.mark.parametrize("name", REGISTRY)
def test_registered_and_extracted_tables_have_the_contracts_columns(name):
    assert stored(name).column_names == extracted(name).column_names == REGISTRY[name].column_names


def test_dated_tables_have_that_date():
    for table, column in DATED_BY.items():
        assert REGISTRY[table].column(column).type == "date"


def test_values_come_back_as_they_went_in(tmp_path):
    path = tmp_path / "small.parquet"
    frame = small(["b", "a", "d", "c", "e"])
    write_table(frame, path, SMALL)
    back = read_table(path, SMALL)
    wanted = conform(frame, SMALL).sort_values("name", ignore_index=True)
    pd.testing.assert_frame_equal(back, wanted)
    assert back["text"].dtype == STRING
    assert back["maybe"].dtype == pd.Int64Dtype()


def test_empty_text_is_not_a_gap(tmp_path):
    path = tmp_path / "small.parquet"
    write_table(small(["a", "b", "c"]), path, SMALL)
    back = read_table(path, SMALL)
    assert back["text"].isna().tolist() == [True, False, False]
    assert back.loc[2, "text"] == ""


@given(st.permutations(["a", "b", "c", "d", "e", "f"]))
def test_row_order_does_not_matter(order):
    frame = small(list("abcdef")).set_index("name", drop=False)
    shuffled = frame.loc[list(order)]
    assert to_arrow(shuffled, SMALL).equals(to_arrow(frame, SMALL))


def test_same_content_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_table(small(["a", "b"]), tmp_path / name, SMALL, {"step": "test"})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_logical_hash_ignores_codec_row_groups_and_metadata(tmp_path):
    data = to_arrow(small(list("abcdef")), SMALL)
    pq.write_table(data, tmp_path / "x", compression="snappy", row_group_size=2)
    again = pq.read_table(tmp_path / "x").replace_schema_metadata({"library": "another"})
    assert logical_hash(again) == logical_hash(data)


@pytest.mark.parametrize("portions", [[26], [1] * 26, [3, 0, 10, 13], [25, 1]], ids=str)
def test_portions_leave_no_trace_in_the_bytes(tmp_path, monkeypatch, portions):
    monkeypatch.setattr(io, "ROW_GROUP", 8)
    frame = small(list("abcdefghijklmnopqrstuvwxyz"))
    write_table(frame, tmp_path / "whole", SMALL)
    begin = 0
    with io.TableWriter(tmp_path / "parts", SMALL) as out:
        for rows in portions:
            out.write(frame.iloc[begin : begin + rows])
            begin += rows
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()
    assert out.digest == logical_hash(to_arrow(frame, SMALL)) == read_footer(tmp_path / "parts")["sha256"]
    groups = pq.ParquetFile(tmp_path / "parts").metadata
    assert [groups.row_group(i).num_rows for i in range(groups.num_row_groups)] == [8, 8, 8, 2]


def test_a_portion_that_is_not_later_is_refused_and_nothing_is_left(tmp_path):
    for second in ("b", "a"):
        with pytest.raises(TableError, match=r"from key \('" + second), io.TableWriter(tmp_path / "x", SMALL) as out:
            out.write(small(["a", "b"]))
            out.write(small([second, "c"]))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "change",
    [
        {"text": "x"},
        {"count": 7},
        {"maybe": pd.NA},
        {"share": 0.5},
        {"yes": True},
        {"day": pd.Timestamp("2020-03-01")},
    ],
    ids=lambda c: next(iter(c)),
)
def test_logical_hash_sees_any_changed_cell(change):
    frame = conform(small(["a", "b"]), SMALL)
    column, value = next(iter(change.items()))
    other = frame.copy()
    other[column] = other[column].where(np.array([False, True]), value)
    assert logical_hash(to_arrow(other, SMALL)) != logical_hash(to_arrow(frame, SMALL))


def test_text_does_not_run_into_its_neighbour():
    one = pa.table({"a": ["ab", "c"]})
    two = pa.table({"a": ["a", "bc"]})
    gap = pa.table({"a": pa.array(["ab", None])})
    blank = pa.table({"a": ["ab", ""]})
    assert logical_hash(one) != logical_hash(two)
    assert logical_hash(gap) != logical_hash(blank)


def test_footer_says_what_made_the_file(tmp_path):
    digest = write_table(small(["a"]), tmp_path / "x", SMALL, {"step": "test", "inputs": {"y": "1"}})
    footer = read_footer(tmp_path / "x")
    assert footer == {"table": "small", "rows": 1, "sha256": digest, "lineage": {"step": "test", "inputs": {"y": "1"}}}
    field = pq.read_schema(tmp_path / "x").field("share")
    assert field.metadata[b"unit"] == b"percent"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda f: f.drop(columns="share"), "column share is missing"),
        (lambda f: f.assign(count=["x", "y"]), "column count: not all values are int"),
        (lambda f: f.assign(count=[1, None]), "column count: 1 rows have no value, the first is row 1"),
        (lambda f: f.assign(name="a"), "2 rows share a key"),
        (lambda f: f.assign(day="2020-02-30"), "column day: not all values are date"),
    ],
)
def test_a_broken_contract_is_refused_by_name(spoil, says, tmp_path):
    with pytest.raises(TableError, match=says):
        write_table(spoil(small(["a", "b"])), tmp_path / "x", SMALL)
    assert not list(tmp_path.iterdir())


def test_reading_refuses_what_is_no_such_table(tmp_path):
    with pytest.raises(TableError, match="the file is missing"):
        read_table(tmp_path / "none.parquet", SMALL)
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(TableError, match=r"bad\.parquet: not a readable Parquet file"):
        read_table(tmp_path / "bad.parquet", SMALL)
    pq.write_table(pa.table({"name": ["a"]}), tmp_path / "other.parquet")
    with pytest.raises(TableError, match=r"has no column text \(string\), count \(int64\)"):
        read_table(tmp_path / "other.parquet", SMALL)


def test_partitions_are_read_as_one_table_sorted_by_key(tmp_path):
    write_table(small(["c", "a"]), tmp_path / "1", SMALL)
    write_table(small(["b"]), tmp_path / "2", SMALL)
    assert read_table([tmp_path / "1", tmp_path / "2"], SMALL)["name"].tolist() == ["a", "b", "c"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.json"
    atomic_write(path, b"old")

    def broken(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(OSError, match="No space left"):
        atomic_write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_footers_hold_no_clock_host_or_path(tmp_path):
    write_table(small(["a"]), tmp_path / "x", SMALL)
    metadata = pq.read_metadata(tmp_path / "x").metadata
    assert set(metadata) == {b"ARROW:schema", b"mesenluth"}
    assert str(tmp_path) not in json.dumps(read_footer(tmp_path / "x"))
