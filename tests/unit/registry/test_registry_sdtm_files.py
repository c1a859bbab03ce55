"""SDTM in the forms it is exchanged in: the same tables whatever the form, and damaged files named."""

import datetime
import json

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.adam.xpt import ibm
from mesenluth.errors import SourceError
from mesenluth.registry.sdtm_files import variables
from mesenluth.registry.xpt import ibm_to_float
from places import ROOT
from unit.registry.test_registry_sdtm import DM, RS, TR, TU, rows, settings

EXAMPLES = ROOT.parent / "shared" / "acceptance" / "dataset_json"
examples = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="CDISC's examples of Dataset-JSON are not here")


def write(folder, name, records, form):
    """Write one data set: XPT by pyreadstat, the others as their specification has it."""
    frame = pd.DataFrame(records)
    path = folder / f"{name}{form}"
    if form == ".parquet":
        frame.to_parquet(path)
    elif form == ".xpt":
        texts = [c for c in frame if frame[c].isna().all() or frame[c].map(lambda v: isinstance(v, str)).any()]
        frame[texts] = frame[texts].fillna("").astype(str)
        pyreadstat.write_xport(frame, str(path), file_format_version=5, table_name=name.upper())
    else:
        clean = frame.astype(object).where(frame.notna(), None)
        about = {"datasetJSONVersion": "1.1.0", "records": len(frame), "columns": [{"name": c} for c in frame]}
        values = clean.to_numpy().tolist()
        if form == ".json":
            path.write_text(json.dumps({**about, "rows": values}))
        else:
            path.write_text("\n".join(json.dumps(line) for line in [about, *values]) + "\n")
    return path


@pytest.mark.parametrize("form", [".json", ".ndjson", ".xpt"])
def test_a_trial_is_the_same_in_every_form(tmp_path, study, form):
    from mesenluth.registry.source import read

    found = []
    domains = {
        "dm": rows(DM),
        "tu": rows(TU, {}, {"TULNKID": "T02"}),
        "tr": rows(TR, {}, {"TRSTRESC": "12.5"}),
        "rs": rows(RS),
    }
    for folder, kind in (("a", ".parquet"), ("b", form)):
        (tmp_path / folder).mkdir()
        for name, records in domains.items():
            write(tmp_path / folder, name, records, kind)
        found.append(read(settings(study, path=folder), tmp_path))
    one, other = found
    assert list(other.files) == [f"{n}{form}" for n in domains]
    for name, table in one.tables.items():
        assert other.tables[name].to_dict("records") == table.to_dict("records"), name


@examples
@pytest.mark.parametrize("name", ["dm", "ds", "ae", "ex", "rs", "adsl", "adtte"])
def test_the_examples_of_cdisc_are_the_same_in_every_form(name):
    tables = {form: variables(EXAMPLES / f"{name}{form}", "examples")[0] for form in (".json", ".ndjson", ".xpt")}
    assert tables[".ndjson"] == tables[".json"]
    assert list(tables[".xpt"]) == list(tables[".json"])
    said = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))["records"]
    for variable, values in tables[".json"].items():
        assert len(values) == said
        assert tables[".xpt"][variable] == values, variable


@examples
def test_xpt_is_read_as_another_reader_reads_it():
    for name in ("dm", "ae", "rs", "adsl"):
        frame, _ = pyreadstat.read_xport(str(EXAMPLES / f"{name}.xpt"), disable_datetime_conversion=True)
        ours, _ = variables(EXAMPLES / f"{name}.xpt", "examples")
        for column in frame:
            if frame[column].dtype == object or pd.api.types.is_string_dtype(frame[column]):
                theirs = [v if v else None for v in frame[column].fillna("").str.strip()]
                assert ours[column] == theirs, (name, column)


@given(st.floats(-1e60, 1e60, allow_subnormal=False).filter(lambda v: v == 0 or abs(v) > 1e-60))
def test_numbers_come_back_from_ibms_format_unchanged(value):
    # The exports' own writer is held to SAS's examples elsewhere.
    assert ibm_to_float(ibm(np.array([value])).reshape(1, 8)).tolist() == [value]


@pytest.mark.parametrize("mark", [b".", b"_", b"A", b"Z"])
def test_missing_numbers_of_sas_are_missing(mark):
    assert np.isnan(ibm_to_float(np.frombuffer(mark + bytes(7), dtype=np.uint8).reshape(1, 8))).all()


def test_dates_of_sas_are_dates(tmp_path):
    frame = pd.DataFrame({"D": [datetime.date(2020, 2, 29), datetime.date(1959, 12, 31)]})
    pyreadstat.write_xport(frame, str(tmp_path / "a.xpt"), file_format_version=5)
    assert variables(tmp_path / "a.xpt", "x")[0] == {"D": ["2020-02-29", "1959-12-31"]}


@pytest.mark.parametrize("count", [1, 2, 9, 10, 11, 80])
def test_blanks_that_fill_a_line_are_no_records(tmp_path, count):
    pyreadstat.write_xport(pd.DataFrame({"A": ["x"] * count}), str(tmp_path / "a.xpt"), file_format_version=5)
    assert variables(tmp_path / "a.xpt", "x")[0] == {"A": ["x"] * count}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.json", b'{"columns": [{"name": "A"}], "records": 2, "rows": [["x"]]}', "says it has 2 records and has 1"),
        ("a.json", b'{"columns": [{"name": "A"}], "rows": [["x", "y"]]}', "row 1 does not have the 1 values"),
        ("a.json", b'{"columns": [', "no Dataset-JSON"),
        ("a.json", b"[1, 2]", "no Dataset-JSON"),
        ("a.ndjson", b'{"columns": [{"name": "A"}], "records": 2}\n["x"]\n', "says it has 2 records and has 1"),
        ("a.ndjson", b'{"columns": [{"name": "A"}]}\n["x"\n', "no Dataset-JSON"),
        ("a.xpt", b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!", "no SAS transport file of version 5"),
        ("a.xpt", b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!", "damaged"),
        ("a.parquet", b"no", "not a readable Parquet file"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_named(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=says):
        variables(tmp_path / name, "the folder")
