"""SDTM beside the tumour domains: EX, AE, SS, supplemental qualifiers and accepted flags."""

import pandas as pd
import pytest

from mesenluth.errors import ConfigurationError, SourceError
from mesenluth.registry.source import read
from unit.registry.test_registry_sdtm import DM, RS, TR, TU, noted, rows, settings, typed

EX = {"USUBJID": "S-1", "EXSEQ": 1.0, "EXTRT": "LUTATHERA", "EXSTDTC": "2020-01-10", "EXDOSE": 7.4, "EXDOSU": "GBq"}
AE = {
    "USUBJID": "S-1", "AESEQ": 1.0, "AETERM": "PLANTED words", "AEDECOD": "Abdominal pain", "AEBODSYS": "GASTROINTESTINAL DISORDERS",
    "AESTDTC": "2020-02-01T08:00", "AEENDTC": "2020-02-03", "AETOXGR": "2",
}  # fmt: skip
SS = {"USUBJID": "S-1", "SSSEQ": 1.0, "SSTESTCD": "SURVSTAT", "SSSTRESC": "ALIVE", "SSDTC": "2021-01-05"}
SUPP = {"USUBJID": "S-1", "RDOMAIN": "TU", "IDVAR": "TUSEQ", "IDVARVAL": "1", "QNAM": "PREVIR", "QVAL": "Y"}
CENTRAL = {"TUEVAL": "INDEPENDENT ASSESSOR", "TREVAL": "INDEPENDENT ASSESSOR", "RSEVAL": "INDEPENDENT ASSESSOR"}


def central(template, reader, flag, **changes):
    """A record of a central reader of that template's domain, accepted or not."""
    prefix = next(k for k in template if k.endswith("SEQ"))[:2]
    return {f"{prefix}EVAL": CENTRAL[f"{prefix}EVAL"], f"{prefix}EVALID": reader, f"{prefix}ACPTFL": flag, **changes}


@pytest.fixture
def deliver(tmp_path, study):
    def run(source=None, **domains):
        (tmp_path / "sdtm").mkdir(exist_ok=True)
        made = {"dm": rows(DM), "tu": rows(TU), "tr": rows(TR), "rs": rows(RS), **domains}
        for name, records in made.items():
            pd.DataFrame(records).to_parquet(tmp_path / "sdtm" / f"{name}.parquet")
        return read(settings(study, **(source or {})), tmp_path)

    return run


def test_each_record_of_exposure_is_an_administration(deliver):
    doses = (
        {"EXSTDTC": "2020-03-06", "EXDOSE": 7400.0, "EXDOSU": "MBq"},
        {},
        {"EXSTDTC": "2020-05-01", "EXDOSE": 200.0, "EXDOSU": "mCi"},
    )
    delivery = deliver(ex=rows(EX, *doses))
    given = typed(delivery).tables["administrations"].sort_values("administration_date", ignore_index=True)
    assert given["cycle_number"].tolist() == [1, 2, 3]
    assert given["administration_date"].dt.strftime("%Y-%m-%d").tolist() == ["2020-01-10", "2020-03-06", "2020-05-01"]
    assert given["activity_gbq"].fillna(-1).tolist() == [7.4, 7.4, -1]
    assert set(given["product"]) == {"LUTATHERA"}
    assert noted(delivery, "EXDOSE in MCI is no activity, 1 rows")


def test_without_exposure_the_first_treatment_is_that_of_the_subject(deliver):
    assert typed(deliver()).tables["administrations"]["product"].tolist() == ["Drug"]


def test_adverse_events_come_by_their_dictionary_term(deliver):
    delivery = deliver(
        ae=rows(AE, {}, {"AEBODSYS": "Vascular disorders", "AETOXGR": None, "AEENDTC": None}, {"AEBODSYS": "Odd"})
    )
    found = typed(delivery)
    events = found.tables["adverse_events"].sort_values("adverse_event_id", ignore_index=True)
    assert events["term"].tolist() == ["abdominal_pain"] * 3
    assert events["category"].fillna("").tolist() == ["gastrointestinal", "vascular", ""]
    assert events.loc[0, "start_date"] == pd.Timestamp("2020-02-01")
    assert events["ctcae_grade"].fillna(0).tolist() == [2, 0, 2]
    assert found.unreadable["observed"].tolist() == ["Odd"]
    assert "PLANTED" not in " ".join(t.to_csv() for t in delivery.tables.values())
    assert noted(delivery, "ae.AETERM")


def test_survival_status_adds_contacts_but_no_day_of_death(deliver):
    status = (
        {},
        {"SSSTRESC": "LOST TO FOLLOW-UP", "SSDTC": "2021-06-01"},
        {"SSSTRESC": "DEAD", "SSDTC": "2021-09-01"},
        {"SSTESTCD": "X"},
    )
    delivery = deliver(ss=rows(SS, *status))
    news = typed(delivery).tables["follow_up"].sort_values("follow_up_date", ignore_index=True)
    assert news["vital_status"].tolist() == ["alive", "alive", "lost"]  # the first is DM's end of participation
    assert noted(delivery, "1 subjects are dead by SS and have no DTHDTC")
    assert noted(delivery, "not used: SSTESTCD X, 1 rows")
    known = deliver(dm=rows(DM, {"DTHDTC": "2021-08-20"}), ss=rows(SS, *status))
    assert "dead" in typed(known).tables["follow_up"]["vital_status"].tolist()
    assert not noted(known, "dead by SS")


@pytest.mark.parametrize(
    ("supp", "expected"),
    [
        ([SUPP], [True, None]),
        ([{**SUPP, "IDVAR": "TULNKID", "IDVARVAL": "T02", "QVAL": "N"}], [None, False]),
        ([{**SUPP, "IDVAR": None, "IDVARVAL": None}], [True, True]),
        ([SUPP, {**SUPP, "QVAL": "N"}], [None, None]),  # they contradict each other
        ([SUPP, SUPP], [True, None]),
    ],
)
def test_supplemental_qualifiers_belong_to_their_record(deliver, supp, expected):
    delivery = deliver(tu=rows(TU, {}, {"TULNKID": "T02"}), supptu=supp)
    lesions = typed(delivery).tables["lesions"].sort_values("lesion_id")
    assert [None if pd.isna(v) else bool(v) for v in lesions["prior_local_therapy"]] == expected
    assert "supptu.parquet" in delivery.files


def test_qualifiers_that_are_not_used_are_named(deliver):
    assert noted(deliver(supptu=[{**SUPP, "QNAM": "COLOUR"}]), "not used: SUPPTU QNAM COLOUR, 1 rows")
    with pytest.raises(SourceError, match=r"supptu\.parquet has no variable QVAL"):
        deliver(supptu=[{k: v for k, v in SUPP.items() if k != "QVAL"}])


def readers(delivery, table):
    return sorted(set(typed(delivery).tables[table]["evaluator"]))


def domains():
    """An investigator, and two central readers of whom the second was followed."""
    both = [("R1", None), ("R2", "Y")]
    return {
        "tu": rows(TU, {}, *(central(TU, r, f) for r, f in both)),
        "tr": rows(
            TR, {}, *(central(TR, r, f, TRSTRESC=size) for (r, f), size in zip(both, ("20", "30"), strict=True))
        ),
        "rs": rows(RS, {}, *(central(RS, r, f) for r, f in both)),
    }


def test_all_readers_are_kept_unless_asked_otherwise(deliver):
    assert readers(deliver(**domains()), "lesions") == ["investigator", "r1", "r2"]


def test_only_accepted_evaluations_are_one_reader_of_their_role(deliver):
    delivery = deliver({"accepted": "only"}, **domains())
    for table in ("lesions", "responses"):
        assert readers(delivery, table) == ["independent_assessor", "investigator"]
    sizes = typed(delivery).tables["measurements"]
    assert sorted(sizes["longest_diameter_um"]) == [20_000, 30_000]
    assert noted(delivery, "TR: 1 records of readers that were not accepted are left out")


def test_accepted_flags_may_come_as_qualifiers(deliver):
    flags = {"tu": "TUACPTFL", "tr": "TRACPTFL", "rs": "RSACPTFL"}
    made = domains()
    supp = {}
    for name, flag in flags.items():
        for record in made[name]:
            record.pop(flag, None)
        sequence = f"{name.upper()}SEQ"
        supp[f"supp{name}"] = [
            {"USUBJID": "S-1", "IDVAR": sequence, "IDVARVAL": str(int(r[sequence])), "QNAM": flag, "QVAL": "Y"}
            for r in made[name] if r[f"{name.upper()}EVALID"] == "R2"
        ]  # fmt: skip
    assert readers(deliver({"accepted": "only"}, **made, **supp), "lesions") == ["independent_assessor", "investigator"]


def test_a_wrong_choice_is_refused(deliver):
    with pytest.raises(ConfigurationError, match="source.accepted: 'some'"):
        deliver({"accepted": "some"})
