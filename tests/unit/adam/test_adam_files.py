"""The files: read back by programs that know nothing of this one, and the same tables come out of each format."""

import datetime
import io
import json
import struct

import jsonschema
import numpy as np
import odmlib.schema_manager
import pandas as pd
import pyreadstat
import pytest
import xmlschema
from adam_samples import DATASETS, ROOT, STUDIES, sample
from hypothesis import given
from hypothesis import strategies as st
from odmlib.dataset_json_1_1.model import DatasetJSON

from mesenluth.adam import dataset_json, xpt
from mesenluth.adam.files import encoded, for_xpt
from mesenluth.adam.model import Dataset, Variable
from mesenluth.errors import TableError
from mesenluth.tables.io import STRING, conform, read_table, write_table

EXAMPLES = ROOT.parent / "shared" / "acceptance" / "dataset_json"
SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "tests/data/dataset_json_1_1.schema.json").read_text()))
NOON = datetime.datetime(2023, 6, 30)


@pytest.fixture(params=STUDIES)
def made(request):
    return sample(request.param)


@pytest.fixture
def folder(made, tmp_path):
    """The exports of a study, every format."""
    for name, content in made.files.items():
        (tmp_path / name).write_bytes(content)
    for name, frame in made.frames.items():
        write_table(frame, tmp_path / f"{name}.parquet", DATASETS[name].table)
    return tmp_path


def equal(found, wanted):
    pd.testing.assert_frame_equal(found, wanted, check_exact=True)


def from_xpt(path, dataset):
    """Read XPT with ReadStat, by the contract; a blank is a missing text, as in SAS."""
    frame, about = pyreadstat.read_xport(str(path))
    for v in dataset.variables:
        if v.type == "text":
            frame[v.name] = frame[v.name].astype(object).where(frame[v.name] != "", None)
        elif v.type == "date":
            frame[v.name] = pd.to_datetime(pd.Series(frame[v.name].tolist(), dtype=object)).astype("datetime64[us]")
    return conform(frame, dataset.table), about


@pytest.mark.parametrize("name", DATASETS)
def test_every_format_gives_the_same_table(made, folder, name):
    dataset, wanted = DATASETS[name], made.frames[name]
    equal(read_table(folder / f"{name}.parquet", dataset.table), wanted)
    equal(dataset_json.read(folder / f"{name}.json", dataset), wanted)
    equal(dataset_json.read(folder / f"{name}.ndjson", dataset), wanted)
    equal(from_xpt(folder / f"{name}.xpt", dataset)[0], wanted)


@pytest.mark.parametrize("name", DATASETS)
def test_xpt_carries_names_labels_and_formats(made, folder, name):
    dataset = DATASETS[name]
    _, about = from_xpt(folder / f"{name}.xpt", dataset)
    assert about.table_name == dataset.name and about.file_label == dataset.label
    assert about.column_names_to_labels == {v.name: v.label for v in dataset.variables}
    dates = {v.name for v in dataset.variables if v.type == "date"}
    assert {n for n, f in about.original_variable_types.items() if f == "DATE9"} == dates
    cut = datetime.datetime.fromisoformat(made.study["cut"]["date"])
    assert about.creation_time == about.modification_time == cut


def test_a_date_is_days_since_1960(made):
    """SAS counts from 1960-01-01; pandas reads the plain number."""
    raw = pd.read_sas(io.BytesIO(made.files["adsl.xpt"]), format="xport", encoding="ascii")
    days = (made.frames["adsl"]["TRTSDT"] - pd.Timestamp("1960-01-01")).dt.days
    assert list(raw["TRTSDT"]) == list(days)


@pytest.mark.parametrize("name", DATASETS)
def test_dataset_json_keeps_the_specification(made, folder, name):
    dataset = DATASETS[name]
    about = json.loads((folder / f"{name}.json").read_text())
    SCHEMA.validate(about)
    lines = [json.loads(line) for line in (folder / f"{name}.ndjson").read_text().splitlines()]
    rows = about.pop("rows")
    assert lines == [about, *rows]
    assert about["records"] == len(rows) and {len(r) for r in rows} <= {len(about["columns"])}
    keys = {c["name"]: c["keySequence"] for c in about["columns"] if "keySequence" in c}
    assert sorted(keys, key=keys.get) == list(dataset.key) and sorted(keys.values()) == [*range(1, len(keys) + 1)]
    assert len({c["itemOID"] for c in about["columns"]}) == len(about["columns"])
    for column in about["columns"]:
        if column["name"].endswith("DT"):
            assert (column["dataType"], column["targetDataType"], column["displayFormat"]) == (
                "date",
                "integer",
                "DATE9.",
            )


def test_attributes_stand_in_the_order_of_the_specification(made):
    """Readers that stream rely on it."""
    order = list(SCHEMA.schema["properties"])
    about = json.loads(made.files["adsl.json"])
    assert list(about) == [k for k in order if k in about] == order
    columns = list(SCHEMA.schema["$defs"]["column"]["properties"])
    for column in about["columns"]:
        assert list(column) == [k for k in columns if k in column]


def test_values_have_the_type_their_column_says(made):
    kinds = {"string": str, "integer": int, "float": (int, float), "date": str}
    for name in DATASETS:
        about = json.loads(made.files[f"{name}.json"])
        for column, values in zip(about["columns"], zip(*about["rows"], strict=True), strict=True):
            known = [v for v in values if v is not None]
            assert all(isinstance(v, kinds[column["dataType"]]) for v in known), column
            if column["dataType"] == "string":
                assert "" not in known and max(map(len, known), default=1) <= column["length"]


@pytest.mark.parametrize("name", DATASETS)
def test_another_program_reads_dataset_json(folder, name):
    """The reader of odmlib checks every attribute against its own model of the specification."""
    for path in (folder / f"{name}.json", folder / f"{name}.ndjson"):
        found = (DatasetJSON.read_json if path.suffix == ".json" else DatasetJSON.read_ndjson)(str(path))
        assert found.records == len(found.rows) and found.column_names == DATASETS[name].names


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="CDISC's examples of Dataset-JSON are not here")
@pytest.mark.parametrize("name", ["adsl", "adtte", "ae", "dm", "ds", "ex", "rs"])
def test_the_schema_takes_the_examples_of_cdisc(name):
    """The restated schema is no stricter than what CDISC publishes, and ours has the attributes theirs have."""
    SCHEMA.validate(json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8")))


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="CDISC's examples of Dataset-JSON are not here")
@pytest.mark.parametrize("name", ["adsl", "adtte"])
def test_shared_variables_have_the_labels_and_types_of_cdisc(made, name):
    theirs = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    ours = json.loads(made.files[f"{name}.json"])
    assert set(ours) == set(theirs)
    known = {c["name"]: c for c in theirs["columns"]}
    shared = {c["name"]: c for c in ours["columns"] if c["name"] in known}
    assert len(shared) > 12
    reworded = {"CNSDTDSC", "SRCDOM", "STARTDT", "CUMDOSE", "AVAL", "DTHFL"}
    for variable, column in shared.items():
        assert column.get("targetDataType") == known[variable].get("targetDataType")
        if variable not in reworded:
            assert column["label"] == known[variable]["label"]
            assert column["dataType"] == known[variable]["dataType"]


@pytest.mark.parametrize("damage", ["records", "name", "rows", "type", "extra", "moment"])
def test_the_schema_sees_what_is_wrong(damage):
    about = json.loads(sample("mesenluth").files["adsl.json"])
    about |= {"records": {"records": -1}, "name": {"name": ""}, "rows": {"rows": [[{}]]}, "extra": {"x": 1},
              "moment": {"datasetJSONCreationDateTime": "2023-06-30"}, "type": {}}[damage]  # fmt: skip
    if damage == "type":
        about["columns"][0]["targetDataType"] = "integer"
    with pytest.raises(jsonschema.ValidationError):
        SCHEMA.validate(about)


def test_the_define_file_keeps_the_schema_of_cdisc(made, tmp_path):
    path = tmp_path / "define.xml"
    path.write_bytes(made.files["define.xml"])
    schema = xmlschema.XMLSchema(odmlib.schema_manager.get_schema_path("define", "2.1"))
    schema.validate(str(path))
    broken = made.files["define.xml"].replace(b'DataType="text"', b'DataType="words"')
    path.write_bytes(broken)
    assert not schema.is_valid(str(path))


def test_the_define_file_names_every_variable_and_parameter(made):
    import xml.etree.ElementTree as ET

    root = ET.fromstring(made.files["define.xml"])
    odm = {"o": "http://www.cdisc.org/ns/odm/v1.3"}
    items = {i.get("OID") for i in root.iterfind(".//o:ItemDef", odm)}
    assert items == {f"IT.{d.name}.{n}" for d in DATASETS.values() for n in d.names}
    assert items == {i.get("ItemOID") for i in root.iterfind(".//o:ItemRef", odm)}
    methods = {m.get("OID") for m in root.iterfind(".//o:MethodDef", odm)}
    assert methods == {i.get("MethodOID") for i in root.iterfind(".//o:ItemRef", odm)} - {None}
    lists = {
        c.get("OID"): {i.get("CodedValue") for i in c}
        for c in root.iterfind("./o:Study/o:MetaDataVersion/o:CodeList", odm)
    }
    assert {r.get("CodeListOID") for r in root.iterfind(".//o:CodeListRef", odm)} == set(lists)
    for name in ("adtr", "adrs", "adtte"):
        assert lists[f"CL.{name.upper()}.PARAMCD"] == set(made.frames[name]["PARAMCD"])


def test_the_same_tables_give_the_same_bytes(made):
    assert dict(encoded(made.frames, made.study, for_xpt(made.frames, made.study)[0])) == made.files


def test_a_variable_has_one_length_in_all_data_sets(made):
    seen = {}
    for name in DATASETS:
        for column in json.loads(made.files[f"{name}.json"])["columns"]:
            if "length" in column:
                assert seen.setdefault(column["name"], column["length"]) == column["length"]


SMALL = Dataset(
    "TEST", "Test", "one record", "BASIC DATA STRUCTURE",
    (Variable("ID", "Identifier", "text", "", required=True), Variable("VALUE", "Value", "float", ""),
     Variable("NOTE", "Note", "text", ""), Variable("ADT", "Date", "date", "")),
    key=("ID",),
)  # fmt: skip


def small(**columns):
    n = max(len(v) for v in columns.values())
    frame = pd.DataFrame({"ID": [f"{i:04d}" for i in range(n)], "VALUE": None, "NOTE": None, "ADT": pd.NaT} | columns)
    return conform(frame.astype({"VALUE": "float64", "NOTE": STRING}), SMALL.table)


def xpt_of(frame, dataset=SMALL, **lengths):
    sizes = {
        "ID": 4,
        "NOTE": int(frame["NOTE"].str.encode("utf-8").str.len().max()) if frame["NOTE"].notna().any() else 1,
    }
    return xpt.encode(frame, dataset, sizes | lengths, NOON, "TEST")


@given(
    st.lists(
        st.floats(min_value=1e-70, max_value=1e70) | st.floats(-1e70, -1e-70) | st.integers(-(2**53), 2**53).map(float),
        min_size=1,
    )
)
def test_every_number_comes_back_from_ibm_floating_point(values):
    """Undone in Python's exact integers, apart from the vectorised conversion."""
    for raw, value in zip(xpt.ibm(np.array(values)), values, strict=True):
        (word,) = struct.unpack(">Q", raw.tobytes())
        sign, exponent, fraction = word >> 63, (word >> 56) & 0x7F, word & (2**56 - 1)
        assert (-1) ** sign * fraction * 2.0 ** (4 * (exponent - 64) - 56) == value
        assert value == 0 or fraction >> 52  # normalised: the first hexadecimal digit is not 0


def test_ibm_floating_point_of_known_numbers():
    """1 is X'41 10', 0 is all zero, -118.625 is the textbook's X'C2 76 A0'; missing is a point."""
    found = [bytes(r).hex() for r in xpt.ibm(np.array([1.0, 0.0, -118.625, np.nan, 0.1]))]
    assert found == ["4110000000000000", "0000000000000000", "c276a00000000000", "2e00000000000000", "401999999999999a"]


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e77, 1e-90])
def test_a_number_sas_cannot_hold_is_refused(value):
    with pytest.raises(TableError, match="TEST.VALUE.*XPT"):
        xpt_of(small(VALUE=[1.0, value]))


def test_a_long_text_is_refused_and_not_cut():
    with pytest.raises(
        TableError, match=r"TEST.NOTE: value 'x+' is not written as XPT\n  expected: at most 200 characters, not 201"
    ):
        xpt_of(small(NOTE=["y", "x" * 201]))
    assert pyreadstat_of(small(NOTE=["y", "x" * 200]))["NOTE"].iloc[1] == "x" * 200


def test_a_letter_outside_ascii_is_refused_in_xpt_and_kept_in_json(tmp_path):
    frame = small(NOTE=["Gosset", "métastase"])
    with pytest.raises(TableError, match="TEST.NOTE: value 'métastase' is not written as XPT\n  expected: ASCII; 'é'"):
        xpt_of(frame)
    about = {"study": {"id": "x", "data": "synthetic", "notice": {"en": "é"}}, "cut": {"date": "2023-06-30"}}
    path = tmp_path / "test.json"
    path.write_bytes(dataset_json.encode(frame, SMALL, {"ID": 4, "NOTE": 10}, about))
    equal(dataset_json.read(path, SMALL), frame)


@pytest.mark.parametrize(
    ("variable", "says"),
    [
        (Variable("NINELONGS", "Label", "text", ""), "variable name 'NINELONGS'.*at most 8 characters, not 9"),
        (Variable("NOTE", "x" * 41, "text", ""), "label of NOTE.*at most 40 characters, not 41"),
    ],
)
def test_names_and_labels_that_are_too_long_are_refused(variable, says):
    dataset = Dataset("TEST", "Test", "", "BASIC DATA STRUCTURE", (variable,), key=(variable.name,))
    with pytest.raises(TableError, match=f"(?s){says}"):
        xpt.encode(pd.DataFrame({variable.name: ["a"]}), dataset, {variable.name: 1}, NOON, "TEST")


def pyreadstat_of(frame):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.xpt"
        path.write_bytes(xpt_of(frame))
        return pyreadstat.read_xport(str(path))[0]


@given(
    st.lists(
        st.tuples(
            st.integers(-(10**9), 10**9).map(lambda i: i / 1000) | st.none(),
            st.text("ab ~!", max_size=5).map(str.strip) | st.none(),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_numbers_and_texts_come_back_from_xpt(rows):
    frame = small(VALUE=[float("nan") if r[0] is None else r[0] for r in rows], NOTE=[r[1] or None for r in rows])
    found = pyreadstat_of(frame)
    assert np.array_equal(found["VALUE"].to_numpy(), frame["VALUE"].to_numpy(), equal_nan=True)
    assert list(found["NOTE"]) == list(frame["NOTE"].fillna(""))


def test_a_data_set_without_records_is_a_file_like_the_others(tmp_path):
    made = sample("mesenluth")
    for name, frame in made.frames.items():
        path = tmp_path / f"{name}.xpt"
        path.write_bytes(xpt.encode(frame.iloc[:0], DATASETS[name], made.lengths, NOON, "TEST"))
        found, about = pyreadstat.read_xport(str(path))
        assert len(found) == 0 and about.column_names == DATASETS[name].names
        SCHEMA.validate(json.loads(dataset_json.encode(frame.iloc[:0], DATASETS[name], made.lengths, made.study)))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"name": "TEST", "records": 2, "columns": [], "rows": []}'])
def test_what_is_no_dataset_json_is_refused(tmp_path, content):
    path = tmp_path / "test.json"
    path.write_text(content)
    with pytest.raises(TableError, match="not Dataset-JSON of TEST"):
        dataset_json.read(path, SMALL)
