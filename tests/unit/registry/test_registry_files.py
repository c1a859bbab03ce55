"""Files as a registry: CSV, Excel and Parquet, with the dirt that real ones have.

Each case is a fault that some public tool has, named by what it does with it: a decimal comma read as text, a date
turned round, a number of days taken for nanoseconds. The right value is stated; what has none is a finding with its
text and its place.
"""

import datetime

import openpyxl
import pandas as pd
import pytest
import yaml

from mesenluth.errors import ConfigurationError, SourceError
from mesenluth.registry.cut import register, with_record_ids
from mesenluth.registry.extract import extract
from mesenluth.registry.source import PROVENANCE, read
from mesenluth.tables.extracted import PLACES
from mesenluth.tables.io import read_table
from mesenluth.tables.registry import REGISTRY

PSEUDONYMS = {"method": "hmac-sha256", "key_env": "MESENLUTH_PSEUDONYM_KEY"}
CUT = {"date": "2030-01-01", "partition": "none"}
PATIENTS = {
    "from": "patients",
    "key": "id",
    "columns": {"patient_id": {"source": "id", "pseudonym": "patient"}, "centre": "centre"},
}
MARKERS = {
    "from": "values",
    "key": "no",
    "columns": {
        "marker_id": "no",
        "patient_id": {"source": "id", "pseudonym": "patient"},
        "marker_date": {"source": "date", "formats": ["%d/%m/%Y"]},
        "marker": {"source": "marker", "codes": {"CGA": "chromogranin_a"}},
        "value": "value",
    },
}


@pytest.fixture
def deliver(tmp_path, monkeypatch):
    """Write files with a mapping of patients and values, and return what extraction makes of them (or the cut)."""
    monkeypatch.setenv("MESENLUTH_PSEUDONYM_KEY", "a secret of the registry's data manager")
    (tmp_path / "data").mkdir()

    def run(files, layouts=None, columns=None, patients="id,centre\n1,FR01\n", registered=False, **top):
        for name, content in {"patients.csv": patients, **files}.items():
            path = tmp_path / "data" / name
            if isinstance(content, openpyxl.Workbook):
                content.save(path)
            elif isinstance(content, pd.DataFrame):
                content.to_parquet(path)
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        values = {**MARKERS, "columns": {**MARKERS["columns"], **(columns or {})}}
        mapping = {"registry": "files", **top, "tables": {"patients": PATIENTS, "markers": values}}
        if layouts:
            mapping["files"] = {"patients": {"path": "patients.csv"}, "values": layouts}
        (tmp_path / "map.yaml").write_text(yaml.safe_dump(mapping))
        source = {"kind": "files", "path": "data", "mapping": "map.yaml", "pseudonyms": PSEUDONYMS}
        made = {"study": {"id": "files", "data": "registry"}, "source": source, "cut": CUT}
        delivery = read(made, tmp_path)
        if registered:
            return register(delivery, made, tmp_path)
        nothing = pd.DataFrame({c: [] for c in PROVENANCE}, dtype=object)
        texts = {n: with_record_ids(n, delivery.tables.get(n, nothing)) for n in REGISTRY}
        places = pd.concat([f.assign(table=n, record_id=texts[n]["record_id"]) for n, f in delivery.places.items()])
        found = extract(texts, delivery.readings, "2030-01-01", places)
        return found.tables, found.unreadable, delivery.notes

    return run


def csv(*rows, header="no,id,date,marker,value", sep=None):
    text = "\n".join([header, *rows]) + "\n"
    return text.replace(",", sep) if sep else text


def book(*rows, header=("no", "id", "date", "marker", "value"), title="Values"):
    made = openpyxl.Workbook()
    made.active.title = title
    made.active.append(header)
    for row in rows:
        made.active.append(row)
    return made


def cells(unreadable):
    return [(c["column"], c["observed"]) for _, c in unreadable.iterrows()]


# ---- delimited text ----


@pytest.mark.parametrize(
    ("text", "layout", "columns", "value"),
    [
        ("1;1;01/02/2020;CGA;12,5\n", {"separator": ";"}, {"decimal": ","}, 12.5),
        ("1;1;01/02/2020;CGA;1\u202f234,5\n", {"separator": ";"}, {"decimal": ",", "thousands": " "}, 1234.5),
        ("1;1;01/02/2020;CGA;1\u00a0234\n", {"separator": ";"}, {"decimal": ",", "thousands": " "}, 1234),
        ("1;1;01/02/2020;CGA;1.234,5\n", {"separator": ";"}, {"decimal": ",", "thousands": "."}, 1234.5),
        ("1\t1\t01/02/2020\tCGA\t1,234.5\n", {"separator": "\t"}, {"thousands": ","}, 1234.5),
        ("1;1;01/02/2020;CGA;\u00a012,5 \n", {"separator": ";"}, {"decimal": ","}, 12.5),
    ],
)
def test_numbers_are_read_by_the_declared_signs(deliver, text, layout, columns, value):
    header = "no,id,date,marker,value".replace(",", layout["separator"]) + "\n"
    tables, unreadable, _ = deliver(
        {"values.csv": header + text}, {"path": "values.csv", **layout}, {"value": {"source": "value", **columns}}
    )
    assert tables["markers"]["value"].tolist() == [value]
    assert len(unreadable) == 0


@pytest.mark.parametrize(
    ("value", "columns"),
    [
        ("1.234", {"decimal": ","}),  # one and a bit, or more than a thousand
        ("12,34,5", {"decimal": ",", "thousands": " "}),
        ("1 23,5", {"decimal": ",", "thousands": " "}),  # not a group of three
        ("2,5 cm", {"decimal": ","}),
        ("999x", {}),
        ("< 10", {}),
    ],
)
def test_a_number_that_is_none_is_a_finding_with_its_place(deliver, value, columns):
    rows = csv("1,1,01/02/2020,CGA,8", sep=";") + f"2;1;01/02/2020;CGA;{value}\n"
    tables, unreadable, _ = deliver(
        {"values.csv": rows}, {"path": "values.csv", "separator": ";"}, {"value": {"source": "value", **columns}}
    )
    assert tables["markers"]["value"].isna().tolist() == [False, True]
    assert cells(unreadable) == [("value", value)]
    assert unreadable["reason"].iloc[0].endswith("; at values.csv, line 3, column value")


def test_a_semicolon_file_is_not_read_as_one_column(deliver):
    with pytest.raises(
        SourceError, match=r"values\.csv: the header is a single column, 'no;id;date;marker;value'"
    ) as e:
        deliver({"values.csv": csv("1,1,01/02/2020,CGA,8", sep=";")})
    assert "set separator to ';'" in str(e.value)


@pytest.mark.parametrize(
    ("formats", "text", "day"),
    [
        (["%d/%m/%Y"], "03/09/2018", "2018-09-03"),  # never 9 March
        (["%d/%m/%Y"], "13/06/2018", "2018-06-13"),
        (["%d/%m/%Y", "%Y-%m-%d"], "2018-09-03", "2018-09-03"),
        (["%Y-%m-%d %H:%M"], "2018-09-03 23:59", "2018-09-03"),
        (["excel-1900"], "45353", "2024-03-02"),
        (["excel-1904"], "43891", "2024-03-02"),
        (["%d/%m/%Y"], "30/9/2016", "2016-09-30"),
    ],
)
def test_dates_are_read_by_the_declared_format(deliver, formats, text, day):
    tables, unreadable, _ = deliver(
        {"values.csv": csv(f"1,1,{text},CGA,8")}, columns={"marker_date": {"source": "date", "formats": formats}}
    )
    assert tables["markers"]["marker_date"].tolist() == [pd.Timestamp(day)]
    assert len(unreadable) == 0


@pytest.mark.parametrize(
    ("text", "year"), [("01/02/29", 2029), ("01/02/30", 1930), ("01/02/99", 1999), ("01/02/00", 2000)]
)
def test_two_digit_years_turn_at_the_stated_pivot(deliver, text, year):
    dated = {"marker_date": {"source": "date", "formats": ["%d/%m/%y"], "pivot": 30}}
    tables, _, _ = deliver({"values.csv": csv(f"1,1,{text},CGA,8")}, columns=dated)
    assert tables["markers"]["marker_date"].dt.year.tolist() == [year]


def test_two_digit_years_without_a_pivot_are_refused(deliver):
    with pytest.raises(ConfigurationError, match="two-digit years but no pivot"):
        deliver({"values.csv": csv()}, columns={"marker_date": {"source": "date", "formats": ["%d/%m/%y"]}})


@pytest.mark.parametrize("formats", [["%Y-%m"], ["%Y"], ["%d/%m"]])
def test_a_format_without_a_day_is_refused(deliver, formats):
    with pytest.raises(ConfigurationError, match=r"formats: '.*\n  expected: day %d"):
        deliver({"values.csv": csv()}, columns={"marker_date": {"source": "date", "formats": formats}})


@pytest.mark.parametrize(
    ("formats", "text"),
    [
        (["%d/%m/%Y", "%m/%d/%Y"], "03/09/2018"),
        (["excel-1900", "excel-1904"], "43891"),
        (["%d/%m/%Y"], "2019-UN-UN"),
        (["%d/%m/%Y"], "05/2019"),
        (["%d/%m/%Y"], "55:02"),
        (["%d/%m/%Y"], "29/02/2019"),
        (["%d/%m/%Y"], "45353"),
    ],
)
def test_a_date_that_is_none_or_two_is_a_finding(deliver, formats, text):
    tables, unreadable, _ = deliver(
        {"values.csv": csv(f"1,1,{text},CGA,8")}, columns={"marker_date": {"source": "date", "formats": formats}}
    )
    assert tables["markers"]["marker_date"].isna().all()
    assert cells(unreadable) == [("marker_date", text)]


def test_a_byte_order_mark_is_no_part_of_a_name(deliver):
    tables, _, _ = deliver({"values.csv": b"\xef\xbb\xbf" + csv("1,1,01/02/2020,CGA,8").encode()})
    assert tables["markers"]["marker_id"].tolist() == ["1"]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8"])
def test_encodings_are_declared(deliver, encoding):
    text = csv("1,1,01/02/2020,réponse d\u2019ici,8").encode(encoding)
    codes = {"marker": {"source": "marker", "codes": {"réponse d\u2019ici": "chromogranin_a"}}}
    tables, unreadable, _ = deliver({"values.csv": text}, {"path": "values.csv", "encoding": encoding}, codes)
    assert tables["markers"]["marker"].tolist() == ["chromogranin_a"]
    assert len(unreadable) == 0


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_bytes_of_another_encoding_spoil_their_cell_alone(deliver, encoding):
    # 0x92 is an apostrophe of Windows; ISO 8859-1 has a control character there and would hide it.
    text = csv("1,1,01/02/2020,CGA,8").encode() + b"2,1,01/02/2020,d\x92ici,9\n"
    tables, unreadable, notes = deliver({"values.csv": text}, {"path": "values.csv", "encoding": encoding})
    assert tables["markers"]["value"].tolist() == [8, 9]
    assert cells(unreadable) == [("marker", "d\ufffdici")]
    assert any(f"values are no {encoding}" in n for n in notes)


def test_an_unknown_encoding_is_refused(deliver):
    with pytest.raises(ConfigurationError, match="encoding 'utf-9'"):
        deliver({"values.csv": csv()}, {"path": "values.csv", "encoding": "utf-9"})


def test_lines_before_the_header_are_no_data_and_a_header_in_the_middle_is_no_row(deliver):
    text = "Export of 1 March\n\n" + csv(
        "1,1,01/02/2020,CGA,8", "no,id,date,marker,value", ",,,,", "", "2,1,02/02/2020,CGA,9"
    )
    tables, unreadable, notes = deliver({"values.csv": text}, {"path": "values.csv", "header": 3})
    assert tables["markers"]["marker_id"].tolist() == ["1", "2"]
    assert len(unreadable) == 0
    assert any("the header stands again on line 5" in n for n in notes)


def test_a_row_of_another_length_gives_no_value_a_place_it_may_not_have(deliver):
    text = csv("1,1,01/02/2020,CGA,8", "2,1,01/02/2020,CGA,1,5", "3,1")
    tables, unreadable, _ = deliver({"values.csv": text})
    assert tables["markers"]["marker_id"].notna().sum() == 1
    assert set(unreadable["observed"]) == {"\ufffd6 values, the header has 5", "\ufffd2 values, the header has 5"}
    assert all("line 3" in r or "line 4" in r for r in unreadable["reason"])


def test_values_of_several_lines_keep_the_line_they_begin_on(deliver):
    text = csv('1,1,01/02/2020,"CGA\n",8', "2,1,01/02/2020,CGA,x")
    tables, unreadable, _ = deliver({"values.csv": text})
    assert tables["markers"]["marker"].tolist() == ["chromogranin_a", "chromogranin_a"]
    assert "line 4" in unreadable["reason"].iloc[0]


def test_a_quote_that_does_not_end_is_named(deliver):
    with pytest.raises(SourceError, match=r"values\.csv, line 2: cannot be read"):
        deliver({"values.csv": csv('1,1,01/02/2020,"CGA,8', "2,1,01/02/2020,CGA,9")})


def test_a_name_that_stands_twice_is_refused(deliver):
    with pytest.raises(SourceError, match="'value' stands twice"):
        deliver({"values.csv": csv(header="no,id,date,marker,value,value ")})


@pytest.mark.parametrize(
    ("site", "read_as"),
    [("NA", "NA"), ("0012", "0012"), ("FR01 ", "FR01"), ("FR01\u00a0", "FR01"), ("41_10_1", "41_10_1")],
)
def test_codes_stay_the_text_they_are(deliver, site, read_as):
    tables, _, _ = deliver({"values.csv": csv("1,1,01/02/2020,CGA,8")}, patients=f"id,centre\n1,{site}\n")
    assert tables["patients"]["centre"].tolist() == [read_as]


def test_declared_missing_codes_are_missing_and_others_are_values(deliver):
    rows = csv("1,1,01/02/2020,CGA,999", "2,1,01/02/2020,CGA,ND", "3,1,01/02/2020,CGA,-1")
    tables, unreadable, _ = deliver({"values.csv": rows}, missing=["", "999", "ND", "-1"])
    assert tables["markers"]["value"].isna().all()
    assert len(unreadable) == 0
    tables, unreadable, _ = deliver({"values.csv": rows})
    assert tables["markers"]["value"].tolist()[::2] == [999, -1]  # judged by validation
    assert cells(unreadable) == [("value", "ND")]


@pytest.mark.parametrize(("case", "read_as"), [("any", ["chromogranin_a"] * 2), ("exact", ["chromogranin_a", None])])
def test_codes_in_mixed_case(deliver, case, read_as):
    codes = {"marker": {"source": "marker", "codes": {"CGA": "chromogranin_a"}, "case": case}}
    tables, unreadable, _ = deliver({"values.csv": csv("1,1,01/02/2020,CGA,8", "2,1,01/02/2020,CgA,8")}, columns=codes)
    assert [None if pd.isna(v) else v for v in tables["markers"]["marker"]] == read_as
    assert cells(unreadable) == [("marker", "CgA")] * (case == "exact")


# ---- Excel ----


def test_cells_are_read_as_what_they_are(deliver):
    made = book(
        (1, 1, datetime.datetime(2024, 3, 2, 10, 30), "CGA", 12.5),
        ("2", "1", "02/03/2024", "CGA", "12,5"),
        (3, 1, datetime.date(2024, 3, 2), "CGA", 12),
        (4, 1, "02/03/2024", "CGA", 0.1 + 0.2),
    )
    tables, unreadable, _ = deliver({"values.xlsx": made}, columns={"value": {"source": "value", "decimal": ","}})
    assert tables["markers"]["marker_date"].tolist() == [pd.Timestamp("2024-03-02")] * 4
    assert tables["markers"]["value"].tolist() == [12.5, 12.5, 12, 0.3]
    assert tables["markers"]["marker_id"].tolist() == ["1", "2", "3", "4"]
    assert len(unreadable) == 0


@pytest.mark.parametrize(("mac", "serial"), [(False, 45353), (True, 43891)])
def test_numbers_of_days_count_from_the_day_of_the_workbook(deliver, mac, serial):
    made = book((1, 1, serial, "CGA", 8), (2, 1, str(serial), "CGA", 8), (3, 1, datetime.date(2024, 3, 2), "CGA", 8))
    if mac:
        made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    dated = {"marker_date": {"source": "date", "formats": ["%d/%m/%Y", "excel"]}}
    tables, unreadable, _ = deliver({"values.xlsx": made}, columns=dated)
    # A text of digits is no number: it may be anything.
    found = tables["markers"].sort_values("marker_id")["marker_date"]
    assert [None if pd.isna(d) else d for d in found] == [pd.Timestamp("2024-03-02"), None, pd.Timestamp("2024-03-02")]
    assert cells(unreadable) == [("marker_date", str(serial))]
    # Undeclared, a number in a column of dates is a finding.
    _, unreadable, _ = deliver({"values.xlsx": made})
    assert ("marker_date", str(serial)) in cells(unreadable)


def test_the_workbooks_own_day_means_nothing_in_a_text_file(deliver):
    with pytest.raises(ConfigurationError, match="excel-1900 or excel-1904"):
        deliver(
            {"values.csv": csv("1,1,45353,CGA,8")}, columns={"marker_date": {"source": "date", "formats": ["excel"]}}
        )


def test_what_a_cell_shows_counts(deliver):
    made = book(
        (1, 7, "02/03/2024", "CGA", 0.12), ("2", "007", "02/03/2024", "CGA", 8), (1e17, "007", "02/03/2024", "CGA", 8)
    )
    made.active["B2"].number_format = "000"
    made.active["E2"].number_format = "0%"
    tables, unreadable, _ = deliver({"values.xlsx": made}, patients="id,centre\n007,FR01\n")
    assert set(tables["markers"]["patient_id"]) == set(tables["patients"]["patient_id"])
    # 12 % is no 0.12 and no 12 to somebody who does not know which; a spreadsheet kept only 15 digits of the other.
    assert sorted(cells(unreadable)) == [
        ("marker_id", "\ufffd100000000000000000: a number of more digits than a spreadsh"),
        ("value", "12%"),
    ]


@pytest.mark.parametrize("merged", ["finding", "repeat"])
def test_merged_cells_hold_one_value_unless_said_to_repeat(deliver, merged):
    made = book((1, 1, "02/03/2024", "CGA", 8), (2, None, "03/03/2024", "CGA", 9))
    made.active.merge_cells("B2:B3")
    tables, unreadable, _ = deliver({"values.xlsx": made}, {"path": "values.xlsx", "merged": merged})
    known = tables["markers"].sort_values("marker_id")["patient_id"].notna().tolist()
    assert known == [True, merged == "repeat"]
    if merged == "finding":
        assert cells(unreadable) == [("patient_id", "\ufffdmerged cells B2:B3")]
        assert unreadable["reason"].iloc[0].endswith("; at values.xlsx, sheet Values, line 3, column id")


@pytest.mark.parametrize(("hidden", "count"), [("read", 2), ("leave", 1)])
def test_hidden_rows_and_columns_are_told(deliver, hidden, count):
    made = book((1, 1, "02/03/2024", "CGA", 8), (2, 1, "03/03/2024", "CGA", 9))
    made.active.row_dimensions[3].hidden = True
    made.active.column_dimensions["E"].hidden = True
    tables, _, notes = deliver({"values.xlsx": made}, {"path": "values.xlsx", "hidden": hidden})
    assert len(tables["markers"]) == count
    assert tables["markers"]["value"].notna().all() == (hidden == "read")
    done = "read like the others" if hidden == "read" else "left out"
    assert f"values.xlsx, sheet Values: 1 hidden rows are {done} (3)" in notes
    assert f"values.xlsx, sheet Values: 1 hidden columns are {done} (E)" in notes


def test_errors_and_formulas_without_a_value_are_findings(deliver):
    made = book((1, 1, "02/03/2024", "CGA", "#N/A"), (2, 1, "02/03/2024", "CGA", "=E2*2"))
    _, unreadable, _ = deliver({"values.xlsx": made})
    assert cells(unreadable) == [("value", "\ufffd#N/A"), ("value", "\ufffda formula that was never calculated")]


def test_several_sheets_and_titles_above_the_header(deliver):
    made = book((1, 1, "02/03/2024", "CGA", 8))
    made.active.insert_rows(1, 2)
    made.active["A1"] = "Markers of 2024"
    made.create_sheet("Notes")["A1"] = "nothing"
    with pytest.raises(SourceError, match="2 sheets"):
        deliver({"values.xlsx": made}, {"path": "values.xlsx"})
    with pytest.raises(SourceError, match="no sheet 'Vals'"):
        deliver({"values.xlsx": made}, {"path": "values.xlsx", "sheet": "Vals"})
    tables, _, _ = deliver({"values.xlsx": made}, {"path": "values.xlsx", "sheet": "Values", "header": 3})
    assert tables["markers"]["value"].tolist() == [8]


def test_what_is_no_workbook_is_named(deliver):
    with pytest.raises(SourceError, match=r"values\.xlsx: cannot be read as a workbook"):
        deliver({"values.xlsx": b"\xd0\xcf\x11\xe0 an old one"}, {"path": "values.xlsx"})
    with pytest.raises(ConfigurationError, match="save workbooks of other programs as"):
        deliver({"values.xls": b""}, {"path": "values.xls"})


# ---- Parquet ----


def test_parquet_keeps_its_types(deliver):
    frame = pd.DataFrame(
        {
            "no": [1.0, 2.0], "id": [1, 1], "date": [datetime.date(2024, 3, 2), None],
            "marker": pd.Categorical(["CGA", "CGA"]), "value": [12.5, None],
        }
    )  # fmt: skip
    tables, unreadable, _ = deliver({"values.parquet": frame}, columns={"value": {"source": "value", "decimal": ","}})
    assert tables["markers"]["marker_id"].tolist() == ["1", "2"]
    assert tables["markers"]["value"].isna().tolist() == [False, True]
    assert tables["markers"]["marker_date"].tolist()[0] == pd.Timestamp("2024-03-02")
    assert len(unreadable) == 0


def test_what_is_no_parquet_is_named(deliver):
    with pytest.raises(SourceError, match=r"values\.parquet: not a readable Parquet file"):
        deliver({"values.parquet": b"no"})


# ---- the folder ----


def test_what_the_mapping_does_not_read_is_named(deliver):
    _, _, notes = deliver({"values.csv": csv("1,1,01/02/2020,CGA,8"), "letters.csv": "a,b\nDear,Sir\n"})
    assert "files left behind, not mapped: letters" in notes


@pytest.mark.parametrize(
    ("layout", "says"),
    [
        ({"path": "values.csv", "sheet": "A"}, "unknown key sheet"),
        ({"path": "values.csv", "separator": ";;"}, "separator: ';;'"),
        ({"path": "values.csv", "header": 0}, "header: 0"),
        ({"separator": ";"}, "a mapping with path"),
    ],
)
def test_a_wrong_layout_is_refused(deliver, layout, says):
    with pytest.raises(ConfigurationError, match=says):
        deliver({"values.csv": csv()}, layout)


def test_the_same_rows_in_another_order_are_the_same_cut(deliver, tmp_path):
    rows = ("1,1,01/02/2020,CGA,8", "2,1,01/02/2020,CGA,x")
    first, _ = deliver({"values.csv": csv(*rows)}, registered=True)
    again, new = deliver({"values.csv": csv(*rows[::-1])}, registered=True)
    assert (again.content, new) == (first.content, False)
    places = read_table(tmp_path / first.places_paths("all")[0], PLACES)
    assert places[["table", "file", "line"]].to_numpy().tolist() == [
        ["markers", "values.csv", 2], ["markers", "values.csv", 3], ["patients", "patients.csv", 2],
    ]  # fmt: skip
