"""Damaged and nonsensical input of every kind: a message or a finding each time, never a traceback, never a hang."""

import io
import json

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from mesenluth import study as studies
from mesenluth.registry import mapping as mappings
from mesenluth.registry.cut import with_record_ids
from mesenluth.registry.extract import extract
from mesenluth.registry.sdtm_files import variables
from mesenluth.registry.source import PROVENANCE, read
from mesenluth.tables.registry import REGISTRY
from places import ROOT
from unit.hostile.mutations import ODD, OPERATIONS, changed, fuzzed, members_changed, places, replaced, tame, without

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
MAPPING = yaml.safe_load((ROOT / CONFIG["source"]["mapping"]).read_text())
MARKERS = {
    "from": "values",
    "key": "no",
    "columns": {
        "marker_id": "no", "patient_id": "id", "marker_date": {"source": "date", "formats": ["%Y-%m-%d"]},
        "marker": {"source": "marker", "codes": {"CGA": "chromogranin_a"}}, "value": "value",
    },
}  # fmt: skip
FILES = {
    "registry": "files",
    "tables": {
        "patients": {"from": "patients", "key": "id", "columns": {"patient_id": "id", "centre": "centre"}},
        "markers": MARKERS,
    },
}
VALUES = pd.DataFrame({
    "no": ["1", "2", "3"], "id": ["1", "1", "2"], "date": ["2020-01-31", "2020-03-01", None], "marker": ["CGA"] * 3,
    "value": [12.5, 800.0, np.nan],
})  # fmt: skip


def packed(ending: str) -> bytes:
    """The values as a file of one kind."""
    out = io.BytesIO()
    if ending == "csv":
        VALUES.to_csv(out, index=False)
    elif ending == "parquet":
        VALUES.to_parquet(out)
    else:
        book = openpyxl.Workbook()
        book.active.append(list(VALUES))
        for row in VALUES.astype(object).where(VALUES.notna(), None).itertuples(index=False):
            book.active.append(list(row))
        book.active["F2"] = "=1+1"
        book.active.merge_cells("A3:B3")
        book.save(out)
    return out.getvalue()


def deliver(folder, ending, content):
    """Read a delivery with these values, up to the typed tables."""
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "patients.csv").write_text("id,centre\n1,FR01\n2,FR02\n")
    (folder / "data" / f"values.{ending}").write_bytes(content)
    (folder / "map.yaml").write_text(yaml.safe_dump({**FILES, "files": {
        "patients": {"path": "patients.csv"}, "values": {"path": f"values.{ending}"},
    }}))  # fmt: skip
    source = {"kind": "files", "path": "data", "mapping": "map.yaml", "pseudonyms": {"method": "none"}}
    study = {
        "study": {"id": "f", "data": "synthetic"},
        "source": source,
        "cut": {"date": "2030-01-01", "partition": "none"},
    }
    delivery = read(study, folder)
    nothing = pd.DataFrame({c: [] for c in PROVENANCE}, dtype=object)
    texts = {n: with_record_ids(n, delivery.tables.get(n, nothing)) for n in REGISTRY}
    stood = [f.assign(table=n, record_id=texts[n]["record_id"]) for n, f in delivery.places.items()]
    return extract(texts, delivery.readings, "2030-01-01", pd.concat(stood))


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_the_files_are_read_before_they_are_damaged(tmp_path, ending):
    found = deliver(tmp_path, ending, packed(ending))
    assert found.tables["markers"]["marker_id"].tolist() == ["1", "2", "3"]


@fuzzed
@given(operations=OPERATIONS)
@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_damaged_file_of_a_registry(tmp_path, ending, operations):
    with tame():
        deliver(tmp_path, ending, changed(packed(ending), operations))


@fuzzed
@given(name_at=st.floats(0, 1, exclude_max=True), operations=OPERATIONS)
def test_a_workbook_with_a_damaged_part(tmp_path, name_at, operations):
    with tame():
        deliver(tmp_path, "xlsx", members_changed(packed("xlsx"), name_at, operations))


@fuzzed
@given(text=st.text())
def test_any_text_as_a_csv_file(tmp_path, text):
    with tame():
        deliver(tmp_path, "csv", ("no,id,date,marker,value\n" + text).encode("utf-8", "surrogatepass"))


@pytest.fixture(scope="module")
def data_sets(tmp_path_factory):
    """The values as SDTM is exchanged: ending -> content."""
    folder, clean = tmp_path_factory.mktemp("sets"), VALUES.assign(date=VALUES["date"].fillna(""))
    pyreadstat.write_xport(clean, str(folder / "a.xpt"), file_format_version=5, table_name="LB")
    about = {"datasetJSONVersion": "1.1.0", "records": 3, "columns": [{"name": c} for c in VALUES]}
    rows = VALUES.astype(object).where(VALUES.notna(), None).to_numpy().tolist()
    return {
        ".xpt": (folder / "a.xpt").read_bytes(),
        ".json": json.dumps({**about, "rows": rows}).encode(),
        ".ndjson": "\n".join(json.dumps(line) for line in [about, *rows]).encode(),
        ".parquet": packed("parquet"),
    }


@fuzzed
@given(operations=OPERATIONS)
@pytest.mark.parametrize("form", [".xpt", ".json", ".ndjson", ".parquet"])
def test_a_damaged_data_set(tmp_path, data_sets, form, operations):
    path = tmp_path / f"lb{form}"
    path.write_bytes(changed(data_sets[form], operations))
    with tame():
        columns, _ = variables(path, "folder")
        assert len({len(c) for c in columns.values()}) <= 1


@fuzzed
@given(value=ODD, at=st.floats(0, 1, exclude_max=True))
def test_a_data_set_with_an_odd_value(tmp_path, data_sets, value, at):
    plain = json.loads(data_sets[".json"])
    ways = list(places(plain))
    path = tmp_path / "lb.json"
    path.write_text(json.dumps(replaced(plain, ways[int(at * len(ways))], value)))
    with tame():
        variables(path, "folder")


def odd_one(plain, at, value, drop):
    ways = list(places(plain))
    way = ways[int(at * len(ways))]
    return without(plain, way) if drop else replaced(plain, way, value)


@fuzzed
@given(at=st.floats(0, 1, exclude_max=True), value=ODD, drop=st.booleans())
def test_a_study_file_with_an_odd_value(at, value, drop):
    with tame():
        studies.validate(odd_one(CONFIG, at, value, drop), ROOT / studies.SCHEMA)


@fuzzed
@given(operations=OPERATIONS)
def test_a_damaged_study_file(tmp_path, operations):
    path = tmp_path / "study.yaml"
    path.write_bytes(changed((ROOT / "studies/cdisc_pilot.yaml").read_bytes(), operations))
    with tame():
        studies.read_yaml(path)


@fuzzed
@given(at=st.floats(0, 1, exclude_max=True), value=ODD, drop=st.booleans())
def test_a_mapping_with_an_odd_value(tmp_path, at, value, drop):
    path = tmp_path / "map.yaml"
    path.write_text(yaml.safe_dump(odd_one(MAPPING, at, value, drop)))
    with tame():
        mappings.load(path)


@fuzzed
@given(operations=OPERATIONS)
@example(operations=[("insert", 0.0, 255, 1)])
def test_a_damaged_mapping(tmp_path, operations):
    path = tmp_path / "map.yaml"
    path.write_bytes(changed((ROOT / CONFIG["source"]["mapping"]).read_bytes(), operations))
    with tame():
        mappings.load(path)
