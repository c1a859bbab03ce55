"""Dates without their day: by the study's rule, flagged, and never so that time runs backwards."""

import itertools

import pandas as pd
import pytest

from mesenluth.registry.cut import with_record_ids
from mesenluth.registry.extract import extract
from mesenluth.registry.partial import period
from mesenluth.registry.source import PROVENANCE, Reading
from mesenluth.tables.registry import DATED_BY, REGISTRY

DMY = ("%d/%m/%Y",)


def day(text):
    return pd.Timestamp(text)


@pytest.mark.parametrize(
    ("text", "formats", "first", "last"),
    [
        ("2019-05", DMY, "2019-05-01", "2019-05-31"),
        ("2019", DMY, "2019-01-01", "2019-12-31"),
        ("2019-UN-UN", DMY, "2019-01-01", "2019-12-31"),
        ("2020-02-XX", DMY, "2020-02-01", "2020-02-29"),
        ("2020-02-00", DMY, "2020-02-01", "2020-02-29"),
        ("05/2019", DMY, "2019-05-01", "2019-05-31"),
        ("??/05/2019", DMY, "2019-05-01", "2019-05-31"),
        ("un/un/2019", DMY, "2019-01-01", "2019-12-31"),
        ("05/??/2019", ("%m/%d/%Y",), "2019-05-01", "2019-05-31"),
    ],
)
def test_a_partial_date_is_a_period(text, formats, first, last):
    low, high = period(pd.Series([text], dtype=object), formats)
    assert (low[0], high[0]) == (day(first), day(last))


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("05/??/2019", DMY),
        ("??/05/2019", ("%m/%d/%Y",)),
        ("2019-13", DMY),
        ("3019", DMY),
        ("05-19", DMY),
        ("55:02", DMY),
        ("", DMY),
    ],
)
def test_what_is_no_partial_date_stays_a_finding(text, formats):
    low, _ = period(pd.Series([text], dtype=object), formats)
    assert low.isna().all()


def administration(patient):
    return {"administration_id": patient, "patient_id": patient, "administration_date": "2020-01-10", "product": "x"}


def made(how, cut="2022-01-01", **tables):
    """Extract a patient first treated on 10 January 2020, with rows of other tables; or the patients given."""
    rows = {
        "patients": [{"patient_id": "a", "centre": "C", **tables.pop("patient", {})}],
        "administrations": [administration("a")],
        **tables,
    }
    texts, readings = {}, {}
    for name, table in REGISTRY.items():
        frame = pd.DataFrame(rows.get(name, []), dtype=object)
        if not len(frame):
            frame = pd.DataFrame({c: [] for c in PROVENANCE}, dtype=object)
        else:
            if "patient_id" not in frame:
                frame["patient_id"] = "a"
            frame = frame.assign(source_table=name, source_key=[str(i) for i in range(len(frame))], row_sha256="0" * 64)
        texts[name] = with_record_ids(name, frame)
        readings[name] = {c.name: Reading(partial=how) for c in table.columns if c.type == "date"}
    return extract(texts, readings, cut)


def therapy(start, end=None):
    return {"therapy_id": "1", "type": "other", "start_date": start, "end_date": end}


def news(date, status="dead"):
    return {"follow_up_id": date, "follow_up_date": date, "vital_status": status}


@pytest.mark.parametrize(("how", "date"), [("first", "2021-05-01"), ("last", "2021-05-31")])
def test_the_rule_completes_and_keeps_its_flag(how, date):
    found = made(how, therapies=[therapy("2021-05")])
    assert found.tables["therapies"]["start_date"].tolist() == [day(date)]
    assert found.unreadable.empty
    flag = found.imputed.iloc[0]
    assert (flag["table"], flag["column"], flag["observed"], flag["date"], flag["rule"]) == (
        "therapies", "start_date", "2021-05", day(date), f"{how} day of the month",
    )  # fmt: skip


def test_without_a_rule_it_is_a_finding():
    found = made("", therapies=[therapy("2021-05")])
    assert found.tables["therapies"]["start_date"].isna().all()
    assert found.unreadable["observed"].tolist() == ["2021-05"]
    assert found.imputed.empty


@pytest.mark.parametrize(
    ("how", "rows", "table", "column", "date"),
    [
        # Diagnosed in the month of the first treatment: not after it.
        ("last", {"patient": {"diagnosis_date": "2020-01"}}, "patients", "diagnosis_date", "2020-01-10"),
        # Dead in the month of the last scan: not before it.
        ("first", {"scans": [{"scan_id": "1", "scan_date": "2021-03-20"}], "follow_up": [news("2021-03")]}, "follow_up", "follow_up_date", "2021-03-20"),
        ("first", {"follow_up": [news("2020")]}, "follow_up", "follow_up_date", "2020-01-10"),
        # An end in the month of its start.
        ("first", {"therapies": [therapy("2021-05-12", "2021-05")]}, "therapies", "end_date", "2021-05-12"),
        # Nothing after the cut.
        ("last", {"follow_up": [news("2021", "alive")]}, "follow_up", "follow_up_date", "2021-06-15"),
    ],
)  # fmt: skip
def test_time_is_not_turned_round(how, rows, table, column, date):
    found = made(how, cut="2021-06-15", **rows)
    assert found.tables[table][column].tolist() == [day(date)]
    assert found.imputed["rule"].str.endswith("moved so that time is not turned round").all()


def test_what_leaves_no_day_is_not_completed():
    found = made("last", cut="2021-06-15", follow_up=[news("2021-07")])
    assert found.imputed.empty
    assert found.unreadable["observed"].tolist() == ["2021-07"]


@pytest.mark.parametrize("how", ["first", "last"])
def test_news_never_come_before_what_happened(how):
    """A scan on any day of 2020, and news of any month of that year or the next."""
    scans = pd.date_range("2020-01-01", "2020-12-31")
    months = pd.period_range("2020-01", "2021-12", freq="M")
    pairs = [(f"{i}", str(at.date()), str(month)) for i, (at, month) in enumerate(itertools.product(scans, months))]
    found = made(
        how,
        patients=[{"patient_id": i, "centre": "C"} for i, _, _ in pairs],
        administrations=[administration(i) for i, _, _ in pairs],
        scans=[{"patient_id": i, "scan_id": i, "scan_date": at} for i, at, _ in pairs],
        follow_up=[{"patient_id": i, **news(month), "follow_up_id": i} for i, _, month in pairs],
    )
    dates = found.tables["follow_up"].set_index("patient_id")["follow_up_date"]
    assert len(dates) == len(pairs)
    asked = pd.DataFrame(pairs, columns=["patient_id", "scan", "month"]).set_index("patient_id").assign(date=dates)
    assert (asked["date"].dt.strftime("%Y-%m") == asked["month"]).all()
    for happened in (asked["scan"], pd.Series("2020-01-10", index=asked.index)):
        after = happened.str[:7] <= asked["month"]
        assert (asked["date"] >= pd.to_datetime(happened))[after].all()


def test_every_dated_table_can_be_completed():
    rows = {t: [{REGISTRY[t].key[0]: "1", c: "2021-05"}] for t, c in DATED_BY.items() if t != "administrations"}
    found = made("first", **rows)
    assert set(found.imputed["table"]) == set(rows)
