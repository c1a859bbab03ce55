"""Queries to the centres: what is asked, how the files look, and how answers come back."""

import csv
import io
import itertools
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from mesenluth.errors import ConfigurationError, TableError
from mesenluth.quality.answers import answer_files
from mesenluth.quality.catalogue import load
from mesenluth.quality.queries import in_french, queries
from mesenluth.quality.query_files import (
    COLUMNS,
    HEADINGS,
    csv_bytes,
    file_name,
    harmless,
    read_answers,
    write_files,
    xlsx_bytes,
)
from mesenluth.study import load as load_study
from mesenluth.tables.io import conform, empty
from mesenluth.tables.labels import FRENCH, TABLES, column_label, table_label
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import FINDINGS
from mesenluth.tables.results_queries import ANSWERS, QUERIES

ROOT = Path(__file__).parents[3]


def study(**over):
    plain = load_study(ROOT)
    plain["quality"]["queries"].update(over)
    return plain


def finding(rule, record, observed="x=1", centre="C01", severity="error", columns=None, message="m", table=None):
    table = table or rule.split(".")[0]
    columns = columns or REGISTRY[table].column_names[1]
    return {
        "finding_id": f"{rule}|{record}", "table": table, "record_id": record, "patient_id": "P", "centre": centre,
        "rule": rule, "severity": severity, "columns": columns, "observed": observed, "message": message,
        "disposition": "quarantined" if severity == "error" else "flagged",
    }  # fmt: skip


def findings(*rows):
    return conform(pd.DataFrame(rows, columns=FINDINGS.column_names), FINDINGS)


def answers(*rows):
    columns = ["query_id", "answer", "comment", "answered_by", "answered_on"]
    return conform(pd.DataFrame([(*r, None, None, None) for r in rows], columns=columns), ANSWERS)


FOUND = (
    finding("scans.after_death", "examen:7:aaaa", "scan_date=2020-01-02", columns="scan_date"),
    finding("measurements.tenfold_jump", "mesure:9:bbbb", "before_mm=2.1, longest_diameter_mm=21", severity="warning",
            columns="longest_diameter_um, short_axis_um", centre="C02"),
)  # fmt: skip


def test_each_centre_is_asked_about_its_own_records_in_plain_words():
    frame = queries(findings(*FOUND), answers(), study(language="fr"))
    rows = frame.set_index("centre").to_dict("index")
    assert rows["C01"]["record"] == "examen:7"
    assert rows["C01"]["question"] == "l'examen est daté d'après le décès du patient"
    assert rows["C01"]["fields"] == "date de l'examen"
    assert rows["C01"]["observed"] == "date de l'examen : 2020-01-02"
    assert rows["C02"]["row_label"] == "mesure d'une lésion"
    assert rows["C02"]["fields"] == "grand axe (mm), petit axe (mm)"
    assert rows["C02"]["observed"] == "before mm : 2.1, grand axe (mm) : 21"
    english = queries(findings(*FOUND), answers(), study(language="en")).set_index("centre")
    assert english.loc["C01", "question"] == "m"
    assert english.loc["C02", "fields"] == "longest diameter (mm), short axis (mm)"


def test_no_pseudonym_of_a_patient_goes_to_a_centre():
    frame = queries(findings(*FOUND), answers(), study())
    assert "patient_id" not in frame.columns
    assert not (frame == "P").any().any()


def test_a_query_is_known_again_while_its_values_stay_whatever_else_changes_in_the_row():
    [first] = queries(findings(FOUND[0]), answers(), study())["query_id"]
    other_hash = {**FOUND[0], "record_id": "examen:7:cccc"}
    other_value = {**FOUND[0], "observed": "scan_date=2020-01-03"}
    assert queries(findings(other_hash), answers(), study())["query_id"].tolist() == [first]
    assert queries(findings(other_value), answers(), study())["query_id"].tolist() != [first]


def test_what_was_answered_is_not_open_any_more_and_a_strange_answer_changes_nothing():
    [name] = queries(findings(FOUND[0]), answers(), study())["query_id"]
    frame = queries(findings(*FOUND), answers((name, "confirmed"), ("0" * 12, "corrected")), study())
    assert frame.set_index("centre")["open"].to_dict() == {"C01": False, "C02": True}
    assert frame.set_index("centre")["answer"].to_dict()["C01"] == "confirmed"
    assert len(frame) == 2


def test_a_row_that_only_follows_another_into_quarantine_is_not_asked_about():
    follows = finding("measurements.lesion_id.reference", "mesure:1:x", columns="lesion_id",
                      message="lesion_id refers to lesion:4:y, which is itself in quarantine (lesions.nodal.required)")  # fmt: skip
    assert queries(findings(follows), answers(), study()).empty


def test_severities_that_are_not_chosen_are_not_asked_about():
    assert queries(findings(*FOUND), answers(), study(severities=["warning"]))["centre"].tolist() == ["C02"]
    assert queries(findings(*FOUND), answers(), study(severities=["info"])).empty


def test_a_finding_without_a_centre_is_not_lost():
    frame = queries(findings(finding("scans.gap", "examen:1:a", centre=None, severity="warning")), answers(), study())
    assert frame["centre"].tolist() == ["unassigned"]


def test_nothing_found_asks_nothing(tmp_path):
    frame = queries(empty(FINDINGS), empty(ANSWERS), study())
    assert frame.empty and list(frame.columns) == QUERIES.column_names
    assert write_files(frame, tmp_path / "q", "fr") == []


@pytest.mark.parametrize("rule", load().rules, ids=lambda r: r.id)
def test_every_rule_speaks_french(rule):
    said = in_french(rule, study())
    assert said.strip() and "{" not in said
    if rule.kind in ("condition", "check"):
        assert rule.message_fr, f"{rule.id} has no message_fr"


def test_every_column_and_table_is_called_something_in_both_languages():
    assert set(TABLES) == set(REGISTRY)
    columns = {(t.name, c.name) for t in REGISTRY.values() for c in t.columns if c.name != "record_id"}
    assert {c for _, c in columns} == set(FRENCH)
    for table, column in columns:
        assert column_label(table, column, "en") and column_label(table, column, "fr")
    assert table_label("scans", "fr") == "examen d'imagerie"


# ---- files -----------------------------------------------------------------------------------------------------

HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "|cmd", "%0A", "\t=1", "\r=1", " =1", '=HYPERLINK("http://x")')


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_file_is_a_formula(text):
    frame = queries(findings({**FOUND[0], "observed": text}), answers(), study(language="en"))
    lines = list(csv.reader(io.StringIO(csv_bytes(frame, "en").decode("utf-8-sig"))))
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "|", "%")) for line in lines for cell in line)
    sheet = load_workbook(io.BytesIO(xlsx_bytes(frame, "C01", "en"))).worksheets[0]
    assert {c.data_type for c in sheet[2]} <= {"s", "n", "inlineStr"}
    assert not [c for c in sheet[2] if c.data_type == "f"]


@settings(max_examples=200)
@given(st.text())
def test_harmless_text_never_begins_a_formula_and_keeps_what_it_says(text):
    said = harmless(text)
    assert said in (text, f"'{text}")
    assert not said.lstrip(" \t\r\n").startswith(("=", "+", "-", "@"))


def test_french_files_open_in_a_french_spreadsheet():
    frame = queries(findings(FOUND[0]), answers(), study(language="fr"))
    raw = csv_bytes(frame, "fr")
    assert raw.startswith(b"\xef\xbb\xbf")
    first, second = raw.decode("utf-8-sig").split("\r\n")[:2]
    assert first.split(";") == list(HEADINGS["fr"])
    assert "erreur" in second.split(";") and "exclue de l'analyse" in second.split(";")


def test_the_same_queries_give_the_same_bytes(tmp_path, monkeypatch):
    frame = queries(findings(*FOUND), answers(), study())
    one = {p.name: p.read_bytes() for p in write_files(frame, tmp_path / "a", "fr")}
    ticks = itertools.count(1)
    monkeypatch.setattr("time.time", lambda: 1e9 + 86400 * next(ticks))
    two = {p.name: p.read_bytes() for p in write_files(frame, tmp_path / "b", "fr")}
    assert one == two
    assert sorted(one) == ["C01.csv", "C01.xlsx", "C02.csv", "C02.xlsx"]


def test_answered_queries_stand_on_a_sheet_of_their_own():
    [name] = queries(findings(FOUND[0]), answers(), study())["query_id"]
    frame = queries(findings(FOUND[0]), answers((name, "unknown")), study(language="fr"))
    book = load_workbook(io.BytesIO(xlsx_bytes(frame, "C01", "fr")))
    assert book.sheetnames == ["à répondre", "répondues"]
    assert book["à répondre"].max_row == 1
    assert book["répondues"].cell(2, COLUMNS.index("answer") + 1).value == "inconnue"


@pytest.mark.parametrize("centre", ["../up", "a/b", "", "x" * 60, "é", "C 1"])
def test_no_centre_names_a_path(centre):
    name = file_name(centre)
    assert name.startswith("x") and len(name) == 13 and name.isalnum()


# ---- answers ---------------------------------------------------------------------------------------------------


def answered(tmp_path, lang, kind, value="confirmed", column="answer"):
    """Return a file as a centre would send it back, with one cell filled in."""
    frame = queries(findings(FOUND[0]), answers(), study(language=lang))
    write_files(frame, tmp_path, lang)
    path = tmp_path / f"C01.{kind}"
    at = COLUMNS.index(column)
    if kind == "xlsx":
        book = load_workbook(path)
        book.worksheets[0].cell(2, at + 1).value = value
        book.save(path)
    else:
        text = path.read_bytes().decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text), delimiter=";" if lang == "fr" else ","))
        lines[1][at] = value
        out = io.StringIO()
        csv.writer(out, delimiter=";" if lang == "fr" else ",").writerows(lines)
        path.write_text(out.getvalue(), encoding="utf-8-sig")
    return path, frame["query_id"].item()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(("lang", "value"), [("fr", "Confirmée"), ("en", "confirmed"), ("fr", "confirmed")])
def test_an_answered_file_is_read_back(tmp_path, lang, value, kind):
    path, name = answered(tmp_path, lang, kind, value)
    got = read_answers([path])
    assert got[["query_id", "answer"]].to_numpy().tolist() == [[name, "confirmed"]]
    again = queries(findings(FOUND[0]), got, study(language=lang))
    assert not again["open"].any()


def test_a_file_without_answers_answers_nothing(tmp_path):
    path, _ = answered(tmp_path, "en", "csv", "")
    assert read_answers([path]).empty
    assert read_answers([]).empty


def test_an_answer_nobody_understands_is_refused_with_its_row(tmp_path):
    path, _ = answered(tmp_path, "fr", "csv", "peut-être")
    with pytest.raises(TableError, match="row 2: the answer 'peut-être'"):
        read_answers([path])


def test_two_different_answers_to_one_query_are_refused(tmp_path):
    (tmp_path / "a").mkdir()
    one, _ = answered(tmp_path, "en", "csv", "confirmed")
    two, _ = answered(tmp_path / "a", "en", "xlsx", "corrected")
    with pytest.raises(TableError, match="is answered 'corrected' here and 'confirmed' in"):
        read_answers([two, one])
    two, _ = answered(tmp_path / "a", "en", "xlsx", "confirmed")
    assert len(read_answers([one, two])) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"x,y\r\n1,2\r\n"),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.xlsx", b"no workbook"),
        ("a.csv", b"query,answer\r\nZZ,confirmed\r\n"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_by_name(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError, match=r"a\.(csv|xlsx)"):
        read_answers([tmp_path / name])


def test_answers_lie_in_a_folder_of_csv_and_xlsx(tmp_path):
    (tmp_path / "b.csv").write_text("")
    (tmp_path / "a.xlsx").write_text("")
    (tmp_path / "~$a.xlsx").write_text("")
    assert answer_files(str(tmp_path)) == [str(tmp_path / "a.xlsx"), str(tmp_path / "b.csv")]
    assert answer_files(None) == []
    (tmp_path / "c.doc").write_text("")
    with pytest.raises(ConfigurationError, match=r"c\.doc: not a file of answers"):
        answer_files(str(tmp_path))
    with pytest.raises(ConfigurationError, match="no such folder"):
        answer_files(str(tmp_path / "none"))


def test_the_schema_knows_the_answers_that_a_study_may_ask_for():
    schema = yaml.safe_load((ROOT / "schemas/study.schema.yaml").read_text())
    assert schema["properties"]["quality"]["properties"]["queries"]["properties"]["language"]["enum"] == ["en", "fr"]
