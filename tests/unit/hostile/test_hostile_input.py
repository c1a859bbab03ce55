"""Input made to do harm: each attack is carried out, and nothing comes of it but a message or text that stays text."""

import csv
import io
import sqlite3
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from docx import Document

from mesenluth import cli
from mesenluth import study as studies
from mesenluth.errors import ConfigurationError, SourceError, VerificationError
from mesenluth.plain_yaml import VALUES
from mesenluth.provenance.dossier import rows_as_csv
from mesenluth.provenance.tree import Node
from mesenluth.quality.catalogue import entries
from mesenluth.registry import mapping as mappings
from mesenluth.registry import parquet
from mesenluth.registry.files import opened as delivered
from mesenluth.registry.sdtm_files import variables
from mesenluth.registry.source import read
from mesenluth.report.manuscript import manuscript_docx
from mesenluth.tables import workbook
from mesenluth.tables.io import atomic_write, write_table
from mesenluth.tables.results import GATE
from places import ROOT
from unit.hostile.test_hostile_fuzz import CONFIG, FILES, deliver, packed

FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "  =cmd|' /C calc'!A0", "＝1+1", "|x"]
SCRIPT = "<script>alert(1)</script>"


# ---- what goes out -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", FORMULAS)
def test_a_dossiers_cells_never_begin_a_formula(text):
    [row] = csv.DictReader(io.StringIO(rows_as_csv([{"observed": text, "days": -3, "centre": None}])))
    assert row == {"observed": f"'{text}", "days": "-3", "centre": ""}


def test_a_page_of_a_trace_shows_script_as_text():
    page = Node(SCRIPT, {SCRIPT: SCRIPT}, [Node(f'" onload="x {SCRIPT}')]).page()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 4


def test_a_manuscript_holds_no_field_for_text_that_looks_like_one(monkeypatch):
    from unit.report.test_report_manuscript import tables

    hostile = "=HYPERLINK(x) DDEAUTO c:\\\\windows\\\\calc.exe " + SCRIPT
    study = {**CONFIG, "treatment": {**CONFIG["treatment"], "label": {"en": hostile, "fr": hostile}}}
    study["population"] = {**CONFIG["population"], "label": {"en": hostile, "fr": hostile}}
    made = manuscript_docx(tables(), study)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        text = parts.read("word/document.xml").decode()
    assert "fldSimple" not in text and "instrText" not in text and SCRIPT not in text
    assert Document(io.BytesIO(made)).tables


# ---- names ---------------------------------------------------------------------------------------------------


def test_names_of_a_database_are_never_run_as_sql(tmp_path):
    relation, column = 'patient"; DROP TABLE kept; --', "id\" FROM kept; --'"
    path = tmp_path / "registry.sqlite"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE kept (x)")
        made.execute('CREATE TABLE "{}" ("{}", centre)'.format(*(n.replace('"', '""') for n in (relation, column))))
        made.execute(
            'INSERT INTO "{}" VALUES (?, ?)'.format(relation.replace('"', '""')), ("1'; DROP TABLE kept", "FR01")
        )
    made.close()
    table = {"from": relation, "key": column, "columns": {"patient_id": column, "centre": "centre"}}
    (tmp_path / "map.yaml").write_text(yaml.safe_dump({"registry": "x", "tables": {"patients": table}}))
    source = {"kind": "sqlite", "path": path.name, "mapping": "map.yaml", "pseudonyms": {"method": "none"}}
    delivery = read({"study": {"id": "x", "data": "public"}, "source": source}, tmp_path)
    assert delivery.tables["patients"]["patient_id"].tolist() == ["1'; DROP TABLE kept"]
    with sqlite3.connect(path) as after:
        assert after.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    after.close()
    table["from"] = 'kept" UNION SELECT * FROM sqlite_master; --'
    (tmp_path / "map.yaml").write_text(yaml.safe_dump({"registry": "x", "tables": {"patients": table}}))
    with pytest.raises(SourceError, match="no table"):
        read({"study": {"id": "x", "data": "public"}, "source": source}, tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"cut": {"date": "../../2023-06-30"}}, {"cut": {"date": "2023-06-30/../.."}}, {"study": {"id": "../other"}},
        {"study": {"id": "/etc"}}, {"output": "../results"}, {"output": "results/../.."}, {"output": "/tmp/results"},
    ],
    ids=str,
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(changes):
    with pytest.raises(ConfigurationError):
        studies.load(ROOT, changes=changes)


def test_a_cut_that_leads_elsewhere_is_refused_on_the_command_line(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert cli.main(["check", "--cut", "../../x"]) == 2
    assert "cut.date" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/hosts.csv", "a/../../secret.csv"])
def test_a_mapping_reads_no_file_outside_the_delivery(tmp_path, path):
    (tmp_path / "data").mkdir()
    (tmp_path / "secret.csv").write_text("id,centre\n1,FR01\n")
    mapping = {**FILES, "tables": {"patients": FILES["tables"]["patients"]}, "files": {"patients": {"path": path}}}
    (tmp_path / "map.yaml").write_text(yaml.safe_dump(mapping))
    with pytest.raises(ConfigurationError, match="a file of the delivery"):
        delivered({"path": "data"}, tmp_path, mappings.load(tmp_path / "map.yaml"))


# ---- YAML ----------------------------------------------------------------------------------------------------

READERS = {"study": studies.read_yaml, "mapping": mappings.load, "rules": entries}
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x: !!python/object/apply:os.system ['touch TOUCHED']", "could not determine a constructor"),
        ("x: !!python/name:os.system", "could not determine a constructor"),
        (LAUGHS, f"more than {VALUES} values"),
        ("x: &x [*x]", "an alias that holds itself"),
        ("x: " + "[" * 5000 + "]" * 5000, "nested too deeply|nesting depth"),
        ("x: 2023-02-30", "day"),
        ("x: " + "9" * 5000, "digits"),
    ],
    ids=["object", "name", "aliases", "itself", "deep", "no day", "long"],
)
def test_yaml_makes_plain_values_alone(tmp_path, reader, text, said):
    path = tmp_path / "hostile.yaml"
    path.write_text(text.replace("TOUCHED", str(tmp_path / "touched")))
    with pytest.raises(ConfigurationError, match=said):
        READERS[reader](path)
    assert not (tmp_path / "touched").exists()


# ---- what unpacks to more than there is memory for --------------------------------------------------------------


def rewritten(part: str, change) -> bytes:
    """A workbook of values with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed("xlsx"))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "UNPACKED", 1 << 20)
    bomb = rewritten(SHEET, lambda text: text.replace(b"</sheetData>", b" " * (2 << 20) + b"</sheetData>"))
    assert len(bomb) < 20_000
    with pytest.raises(SourceError, match="unpacks to 2 MB"):
        deliver(tmp_path, "xlsx", bomb)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace(b'ref="A3:B3"', b'ref="A1:XFD1048576"'), "cover 17179869184 cells"),
        (lambda text: text.replace(b'r="E3"', b'r="XFD1048576"'), "spans 1048576 rows and 16384 columns"),
    ],
    ids=["merged", "far away"],
)
def test_a_sheet_that_spans_everything_is_refused(tmp_path, change, said):
    bomb = rewritten(SHEET, change)
    assert bomb != packed("xlsx")
    with pytest.raises(SourceError, match=said):
        deliver(tmp_path, "xlsx", bomb)


def test_entities_of_a_workbook_are_not_written_out(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("of the machine")
    entities = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + b"".join(
        b"<!ENTITY %c '%s'>" % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
    )
    entities += b"<!ENTITY file SYSTEM 'file://%s'>]>" % str(secret).encode()
    for name in (b"j", b"file"):
        bomb = rewritten(
            SHEET,
            lambda text, n=name: text.replace(b"<worksheet", entities + b"<worksheet", 1).replace(
                b"<v>0</v>", b"<v>&%s;</v>" % n
            ),
        )
        try:
            found = deliver(tmp_path, "xlsx", bomb).tables["markers"].to_csv()
        except SourceError:
            continue
        assert "of the machine" not in found and "aaaa" not in found


def test_a_parquet_file_of_few_bytes_and_endless_rows_is_refused(tmp_path):
    rows = pa.table({c: pa.nulls(25_000_000, pa.int8()) for c in ("no", "id", "date", "marker", "value")})
    out = io.BytesIO()
    pq.write_table(rows, out, row_group_size=25_000_000)
    assert len(out.getvalue()) < 500_000
    with pytest.raises(SourceError, match="25000000 rows"):
        deliver(tmp_path, "parquet", out.getvalue())
    (tmp_path / "lb.parquet").write_bytes(out.getvalue())
    with pytest.raises(SourceError, match="25000000 rows"):
        variables(tmp_path / "lb.parquet", "folder")


def test_a_parquet_file_with_one_long_text_in_every_row_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "TEXT", 1 << 24)
    long = pa.DictionaryArray.from_arrays(np.zeros(1000, np.int32), ["x" * (1 << 15)]).cast(pa.string())
    pq.write_table(pa.table({"id": long}), tmp_path / "a.parquet")
    assert (tmp_path / "a.parquet").stat().st_size < 10_000
    with pytest.raises(SourceError, match="31 MB of text in 1000 rows"):
        list(parquet.ParquetTable(tmp_path / "a.parquet", "a.parquet").batches(["id"], {}))
    with pytest.raises(SourceError, match="31 MB of text"):
        variables(tmp_path / "a.parquet", "folder")


# ---- links ---------------------------------------------------------------------------------------------------


def test_a_link_in_place_of_an_artifact_is_replaced_and_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("of somebody else")
    for name in ("a.svg", "gate.parquet"):
        (tmp_path / name).symlink_to(outside)
    atomic_write(tmp_path / "a.svg", b"<svg/>")
    write_table(pd.DataFrame({c.name: [] for c in GATE.columns}), tmp_path / "gate.parquet", GATE)
    assert outside.read_text() == "of somebody else"
    assert not any((tmp_path / name).is_symlink() for name in ("a.svg", "gate.parquet"))


def test_a_link_among_the_artifacts_is_not_released(tmp_path):
    from unit.provenance.small_project import SmallProject

    small = SmallProject(tmp_path / "project")
    jobs = small.run()
    figure = small.root / "results/figures/a.svg"
    (tmp_path / "secret").write_text("of the machine")
    figure.unlink()
    figure.symlink_to(tmp_path / "secret")
    with pytest.raises(VerificationError, match="a link instead of the artifact"):
        small.manifest(jobs)


def test_a_formula_that_a_workbook_brings_along_is_neither_calculated_nor_kept(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["no", "id", "date", "marker", "value"])
    book.active.append(['=WEBSERVICE("http://x")', "1", "2020-01-01", "CGA", 1])
    out = io.BytesIO()
    book.save(out)
    found = deliver(tmp_path, "xlsx", out.getvalue())
    assert "WEBSERVICE" not in found.tables["markers"].to_csv() + found.unreadable.to_csv()
