"""Objections, merged patients and shifted dates: before anything is stored, and told without naming anyone."""

import copy
import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.errors import ConfigurationError
from mesenluth.registry.cut import register, with_record_ids
from mesenluth.registry.extract import extract
from mesenluth.registry.persons import settle
from mesenluth.registry.pseudonyms import Pseudonymiser
from mesenluth.registry.source import PROVENANCE, Delivery, Reading, row_hashes
from mesenluth.tables.registry import REGISTRY

KEY = "a secret of the registry's data manager"
ROWS = {
    "patients": [{"patient_id": p, "centre": c, "birth_year": "1950"} for p, c in (("H1", "C1"), ("H2", "C1"), ("H3", "C2"))],
    "administrations": [
        {"administration_id": "1", "patient_id": "H1", "administration_date": "10/01/2020", "product": "x"},
        {"administration_id": "2", "patient_id": "H2", "administration_date": "11/01/2020", "product": "x"},
    ],
    "scans": [
        {"scan_id": "1", "patient_id": "H1", "scan_date": "01/01/2020"},
        {"scan_id": "2", "patient_id": "H1", "scan_date": "01/06/2022"},
        {"scan_id": "3", "patient_id": "H2", "scan_date": "31/02/2020"},
    ],
    "measurements": [
        {"measurement_id": "1", "patient_id": "H1", "lesion_id": "l", "scan_id": "1", "status": "measured"},
        {"measurement_id": "2", "patient_id": "H1", "lesion_id": "l", "scan_id": "2", "status": "measured"},
    ],
    "therapies": [
        {"therapy_id": "1", "patient_id": "H1", "type": "other", "start_date": "01/05/2021", "end_date": "01/05/2022"},
        {"therapy_id": "2", "patient_id": "H3", "type": "other", "start_date": "01/05/2020", "end_date": "03/05/2020"},
    ],
}  # fmt: skip
DATED = {"administrations": ["administration_date"], "scans": ["scan_date"], "therapies": ["start_date", "end_date"]}


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A delivery of three patients, a study, and its folder; keyword arguments go to `source`."""
    monkeypatch.setenv("MESENLUTH_PSEUDONYM_KEY", KEY)
    names = Pseudonymiser(KEY.encode(), "persons")

    def make(shift=None, files=None, **source):
        tables, places = {}, {}
        for name, rows in copy.deepcopy(ROWS).items():
            frame = pd.DataFrame(rows, dtype=object)
            frame["patient_id"] = names(frame["patient_id"], "patient")
            hashes = row_hashes(frame)
            tables[name] = frame.assign(
                source_table=name, source_key=[str(i) for i in range(len(frame))], row_sha256=hashes
            )
            places[name] = pd.DataFrame({"file": "f.csv", "sheet": None, "line": range(2, len(frame) + 2)})
        readings = {t: {c: Reading(formats=("%d/%m/%Y",)) for c in columns} for t, columns in DATED.items()}
        for name, text in (files or {}).items():
            (tmp_path / name).write_text(text)
        pseudonyms = {"method": "hmac-sha256", "key_env": "MESENLUTH_PSEUDONYM_KEY", "shift_days": shift}
        study = {
            "study": {"id": "persons", "data": "registry"},
            "source": {"kind": "sqlite", "pseudonyms": pseudonyms, **source},
            "cut": {"date": "2021-12-31", "partition": "none"},
        }
        return settle(Delivery(tables, readings, places=places), study, tmp_path), study

    return make


def who(*numbers):
    return Pseudonymiser(KEY.encode(), "persons")(pd.Series(numbers, dtype=object), "patient").tolist()


def typed(delivery):
    nothing = pd.DataFrame({c: [] for c in PROVENANCE}, dtype=object)
    texts = {n: with_record_ids(n, delivery.tables.get(n, nothing)) for n in REGISTRY}
    return extract(texts, delivery.readings, "2021-12-31")


def test_who_objects_is_left_out_everywhere_and_named_nowhere(made, tmp_path):
    lists = {"no.txt": "\ufeff# by letter\nH1 \n\nH9\n"}
    delivery, study = made(files=lists, objections="no.txt")
    assert {n: len(t) for n, t in delivery.tables.items()} == {
        "patients": 2, "administrations": 1, "scans": 1, "measurements": 0, "therapies": 1,
    }  # fmt: skip
    assert delivery.places["scans"]["line"].tolist() == [4]
    register(delivery, study, tmp_path)
    record = (tmp_path / "cuts" / "persons" / "2021-12-31" / "cut.json").read_text()
    assert (
        "2 patients on the list, 1 of them in this delivery, left out with their 7 rows"
        in json.loads(record)["source"]["notes"][0]
    )
    for name in ("H1", "H9", *who("H1", "H9")):
        assert f'"{name}' not in record
        assert f" {name}" not in record


def test_who_stands_twice_becomes_one(made):
    delivery, _ = made(files={"twice.txt": "H2,H1\nH3;H2\n"}, merged_patients="twice.txt")
    (one,) = who("H1")
    assert delivery.tables["patients"]["patient_id"].tolist() == [one]
    for name in ("administrations", "scans", "therapies"):
        assert set(delivery.tables[name]["patient_id"]) == {one}
        assert len(delivery.tables[name]) == len(ROWS[name])
    assert any("3 rows moved" in n for n in delivery.notes)
    before, _ = made()
    changed = before.tables["scans"]["row_sha256"] != delivery.tables["scans"]["row_sha256"]
    assert changed.tolist() == [False, False, True]


def test_a_number_that_stays_without_a_row_takes_over_the_old_row(made):
    delivery, _ = made(files={"twice.txt": "H3,H7\n"}, merged_patients="twice.txt")
    assert set(delivery.tables["patients"]["patient_id"]) == set(who("H1", "H2", "H7"))


def test_who_objects_under_an_old_number_is_left_out_under_the_new(made):
    lists = {"twice.txt": "H2,H1\n", "no.txt": "H1\n"}
    delivery, _ = made(files=lists, merged_patients="twice.txt", objections="no.txt")
    assert set(delivery.tables["patients"]["patient_id"]) == set(who("H3"))


@pytest.mark.parametrize(
    ("files", "source", "says"),
    [
        ({}, {"objections": "no.txt"}, r"source.objections: no.txt cannot be read"),
        ({"t": "H1\n"}, {"merged_patients": "t"}, r"source.merged_patients: t, entry 1"),
        ({"t": "H1,H2\nH1,H3\n"}, {"merged_patients": "t"}, r"entry 2"),
        ({"t": "H1,H2\nH2,H1\n"}, {"merged_patients": "t"}, r"in a circle"),
    ],
)
def test_a_list_that_is_none_is_refused_without_its_content(made, files, source, says):
    with pytest.raises(ConfigurationError, match=says) as refused:
        made(files=files, **source)
    assert "H1" not in str(refused.value)


def test_shifted_dates_keep_every_interval_of_a_patient_and_no_date(made):
    shifted, plain = typed(made(shift=365)[0]).tables, typed(made()[0]).tables
    moved = {}
    for table, columns in DATED.items():
        key = REGISTRY[table].key[0]
        both = shifted[table].merge(plain[table], on=[key, "patient_id"], suffixes=("", "_true"))
        assert len(both) == len(shifted[table]) == len(plain[table])
        for column in columns:
            by = (both[f"{column}_true"] - both[column]).dt.days
            assert by.isna().tolist() == both[f"{column}_true"].isna().tolist()
            for patient, days in zip(both["patient_id"], by, strict=True):
                if days == days:
                    moved.setdefault(patient, set()).add(days)
    assert all(len(days) == 1 and 1 <= min(days) <= 365 for days in moved.values())
    assert len({min(d) for d in moved.values()}) > 1  # of one's own


def test_what_was_not_known_at_the_cut_is_left_out_by_the_true_dates(made):
    delivery, _ = made(shift=365)
    # The scan of 2022 would come before the cut once it is moved; the therapy's end was not known either.
    assert delivery.tables["scans"]["scan_id"].tolist() == ["1", "3"]
    assert delivery.tables["measurements"]["measurement_id"].tolist() == ["1"]
    assert delivery.tables["therapies"]["end_date"].isna().tolist() == [True, False]
    assert delivery.places["scans"]["line"].tolist() == [2, 4]


def test_no_true_date_is_left_in_text_or_hash(made):
    shifted, plain = made(shift=365)[0], made()[0]
    everything = " ".join(t.to_csv() for t in shifted.tables.values())
    for date in ("10/01/2020", "31/02/2020", "2020-01-10", "01/05/2021"):
        assert date not in everything
    assert not set(shifted.tables["scans"]["row_sha256"]) & set(plain.tables["scans"]["row_sha256"])
    unread = typed(shifted).unreadable
    assert unread[["table", "column", "observed"]].to_numpy().tolist() == [
        ["scans", "scan_date", "\ufffda date that is none"]
    ]


@given(st.integers(1, 3650), st.text("0123456789abcdef", min_size=16, max_size=16))
def test_a_shift_is_at_least_a_day_and_at_most_what_is_asked(most, patient):
    from mesenluth.registry.persons import _days

    days = _days(pd.Series([patient]), most, KEY.encode())[patient]
    assert 1 <= days <= most
    assert _days(pd.Series([patient]), most, KEY.encode())[patient] == days


@pytest.mark.parametrize("source", [{"kind": "sdtm"}])
def test_dates_of_scans_named_by_them_are_not_shifted(made, source):
    with pytest.raises(ConfigurationError, match="named by their dates"):
        made(shift=30, **source)
