"""Data cuts and extraction: content-addressed, named by date, and only what was known at it."""

import copy
import json

import pandas as pd
import pytest

from mesenluth.errors import ConfigurationError, SourceError
from mesenluth.registry.cut import current, register, registered
from mesenluth.registry.extract import extract
from mesenluth.registry.source import Delivery, Reading
from mesenluth.tables.extracted import stored
from mesenluth.tables.io import read_table
from mesenluth.tables.registry import REGISTRY


def table(name: str, rows: list[dict]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, dtype=object)
    frame["source_table"] = name
    frame["source_key"] = [str(i) for i in range(len(frame))]
    frame["row_sha256"] = [f"{hash(tuple(r.values())) & 0xFFFFFFFFFFFFFFFF:064x}" for r in rows]
    return frame


def delivery(**changes) -> Delivery:
    tables = {
        "patients": [{"patient_id": "a", "centre": "C01"}, {"patient_id": "b", "centre": "C02"}],
        "scans": [
            {"scan_id": "1", "patient_id": "a", "scan_date": "2020-01-01"},
            {"scan_id": "2", "patient_id": "a", "scan_date": "2021-01-01"},
            {"scan_id": "3", "patient_id": "b", "scan_date": "2020-13-01"},
        ],
        "measurements": [
            {"measurement_id": "1", "patient_id": "a", "lesion_id": "l", "scan_id": "1", "status": "measured",
             "longest_diameter_um": "26.0"},
            {"measurement_id": "2", "patient_id": "a", "lesion_id": "l", "scan_id": "2", "status": "measured",
             "longest_diameter_um": "31.2"},
        ],
        "therapies": [
            {"therapy_id": "1", "patient_id": "a", "type": "chemotherapy", "start_date": "2020-05-01",
             "end_date": "2021-05-01"},
            {"therapy_id": "2", "patient_id": "a", "type": "chemotherapy", "start_date": "2020-07-01",
             "end_date": "2020-08-01"},
        ],
        "follow_up": [{"follow_up_id": "1", "patient_id": "a", "follow_up_date": "2021-06-01", "vital_status": "dead"}],
    }  # fmt: skip
    tables |= changes
    return Delivery({n: table(n, rows) for n, rows in tables.items() if rows})


@pytest.fixture
def at(study):
    """The default study with a cut date (and a partition)."""

    def make(date: str, partition: str = "none") -> dict:
        made = copy.deepcopy(study)
        made["cut"] = {"date": date, "partition": partition}
        return made

    return make


def extraction(cut, root, date):
    texts = {n: read_table([root / cut.path(p, n) for p in cut.partitions], stored(n)) for n in REGISTRY}
    readings = {t: {c: Reading.from_dict(r) for c, r in cs.items()} for t, cs in cut.readings.items()}
    return extract(texts, readings, date)


def test_a_cut_is_registered_once(at, tmp_path):
    cut, new = register(delivery(), at("2020-06-30"), tmp_path)
    assert (cut.name, new) == ("2020-06-30", True)
    again, new = register(delivery(), at("2020-06-30"), tmp_path)
    assert (again.name, new) == ("2020-06-30", False)
    assert again == cut


def test_other_content_under_a_known_date_gets_a_suffix(at, tmp_path):
    first, _ = register(delivery(), at("2020-06-30"), tmp_path)
    changed = delivery(patients=[{"patient_id": "a", "centre": "C09"}, {"patient_id": "b", "centre": "C02"}])
    second, new = register(changed, at("2020-06-30"), tmp_path)
    assert (second.name, new) == ("2020-06-30.2", True)
    assert current(at("2020-06-30"), tmp_path).name == "2020-06-30.2"
    assert [c.name for c in registered(at("2020-06-30"), tmp_path)] == ["2020-06-30", "2020-06-30.2"]
    # What did not change keeps its path: nothing downstream of it runs again.
    assert first.path("all", "scans") == second.path("all", "scans")
    assert first.path("all", "patients") != second.path("all", "patients")
    third, new = register(delivery(), at("2020-06-30"), tmp_path)
    # What returns to an earlier state is used, not the state in between: it is the newest cut again, on the same files.
    assert (third.name, new) == ("2020-06-30.3", True)
    assert current(at("2020-06-30"), tmp_path) == third
    assert third.tables == first.tables


def test_stored_files_are_read_only_and_named_by_content(at, tmp_path):
    cut, _ = register(delivery(), at("2020-06-30"), tmp_path)
    for table_name in REGISTRY:
        path = tmp_path / cut.path("all", table_name)
        assert path.stat().st_mode & 0o222 == 0
        assert path.stem == cut.tables["all"][table_name]


def test_row_order_of_the_source_does_not_matter(at, tmp_path):
    cut, _ = register(delivery(), at("2020-06-30"), tmp_path)
    other = delivery()
    other.tables = {n: t.iloc[::-1] for n, t in other.tables.items()}
    assert register(other, at("2020-06-30"), tmp_path) == (cut, False)


def test_a_cut_before_all_data_is_refused(at, tmp_path):
    with pytest.raises(SourceError, match=r"cut\.date 1990-01-01: no record is dated on or before it") as refused:
        register(delivery(), at("1990-01-01"), tmp_path)
    assert "records run from 2020-01-01 to 2021-06-01" in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_no_cut_registered_is_said(at, tmp_path):
    with pytest.raises(ConfigurationError, match="no cut of study 'mesenluth' is registered for 2020-06-30"):
        current(at("2020-06-30"), tmp_path)


def test_a_changed_record_of_a_cut_is_refused(at, tmp_path):
    register(delivery(), at("2020-06-30"), tmp_path)
    path = tmp_path / "cuts/mesenluth/2020-06-30/cut.json"
    plain = json.loads(path.read_text())
    plain["tables"]["all"]["scans"] = "0" * 64
    path.chmod(0o644)
    path.write_text(json.dumps(plain))
    with pytest.raises(SourceError, match="does not match its hash"):
        current(at("2020-06-30"), tmp_path)


def test_records_after_the_cut_do_not_count(at, tmp_path):
    cut, _ = register(delivery(), at("2020-06-30"), tmp_path)
    got = extraction(cut, tmp_path, "2020-06-30")
    assert got.tables["scans"]["scan_id"].tolist() == ["1", "3"]
    assert got.tables["measurements"]["longest_diameter_um"].tolist() == [26_000]  # its scan is after the cut
    assert got.tables["follow_up"].empty  # the death is not known yet
    assert got.tables["therapies"]["therapy_id"].tolist() == ["1"]
    counts = got.counts.set_index("table")
    assert counts.loc["scans"].tolist() == [3, 1, 2]
    assert counts.loc["measurements"].tolist() == [2, 1, 1]
    assert (counts["read"] == counts["after_cut"] + counts["extracted"]).all()


def test_a_date_decades_after_the_cut_is_wrong_and_does_not_wait(at, tmp_path):
    scans = delivery().tables["scans"].copy()
    scans.loc[scans["scan_id"] == "2", "scan_date"] = "2120-01-01"
    cut, _ = register(Delivery({**delivery().tables, "scans": scans}), at("2020-06-30"), tmp_path)
    got = extraction(cut, tmp_path, "2020-06-30")
    assert got.tables["scans"]["scan_id"].tolist() == ["1", "2", "3"]
    unread = got.unreadable[got.unreadable["table"] == "scans"].set_index("observed")["reason"]
    assert unread["2120-01-01"] == "a date less than 20 years after the cut"
    assert len(got.tables["measurements"]) == 2  # its readings stay with it, to be judged
    assert (got.counts["read"] == got.counts["after_cut"] + got.counts["extracted"]).all()


def test_what_became_known_later_is_emptied(at, tmp_path):
    cut, _ = register(delivery(), at("2020-07-31"), tmp_path)
    ends = extraction(cut, tmp_path, "2020-07-31").tables["therapies"]["end_date"]
    assert ends.isna().all()
    ends = extraction(cut, tmp_path, "2020-08-01").tables["therapies"]["end_date"]
    assert ends.isna().tolist() == [True, False]


def test_what_cannot_be_read_is_kept_and_said(at, tmp_path):
    cut, _ = register(delivery(), at("2020-06-30"), tmp_path)
    got = extraction(cut, tmp_path, "2020-06-30")
    assert got.unreadable[["table", "column", "observed"]].to_numpy().tolist() == [["scans", "scan_date", "2020-13-01"]]
    assert got.tables["scans"].set_index("scan_id")["scan_date"].isna().to_dict() == {"1": False, "3": True}


def test_partitions_hold_the_same_rows(at, tmp_path):
    whole, _ = register(delivery(), at("2020-06-30"), tmp_path / "whole")
    split, _ = register(delivery(), at("2020-06-30", "centre"), tmp_path / "split")
    assert split.partitions == ["C01", "C02"]
    for name in REGISTRY:
        one = read_table(tmp_path / "whole" / whole.path("all", name), stored(name))
        parts = read_table([tmp_path / "split" / split.path(p, name) for p in split.partitions], stored(name))
        pd.testing.assert_frame_equal(one, parts)


def test_a_centre_cannot_lead_out_of_the_store(at, tmp_path):
    evil = delivery(patients=[{"patient_id": "a", "centre": "../../etc"}, {"patient_id": "b", "centre": "C02"}])
    cut, _ = register(evil, at("2020-06-30", "centre"), tmp_path)
    assert all(p.isalnum() for p in cut.partitions)


def test_records_that_are_alike_in_everything_stay_records(at, tmp_path):
    twice = delivery()
    twice.tables["scans"] = pd.concat([twice.tables["scans"]] * 2, ignore_index=True)
    cut, _ = register(twice, at("2022-01-01"), tmp_path)
    ids = extraction(cut, tmp_path, "2022-01-01").tables["scans"]["record_id"]
    assert len(ids) == ids.nunique() == 6
    assert ids.str.endswith("#2").sum() == 3


def test_the_record_of_a_cut_says_that_its_source_has_no_history(at, tmp_path):
    cut, _ = register(delivery(), at("2021-12-31"), tmp_path)
    record = json.loads((tmp_path / cut.folder / cut.name / "cut.json").read_text())
    assert record["source"]["history"] == "none: what was corrected or removed before this delivery is not known"
