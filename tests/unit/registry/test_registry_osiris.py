"""OSIRIS pivot files through the mapping that ships: what the model holds arrives, and nothing else."""

import pandas as pd
import pytest

from mesenluth.registry.cut import with_record_ids
from mesenluth.registry.extract import extract
from mesenluth.registry.source import PROVENANCE, read
from mesenluth.tables.registry import REGISTRY
from places import ROOT

# Our own records, in the columns and value sets of the model; lines end as the model's files do.
PIVOT = {
    "Patient": """\
Patient_Id,Instance_Id,Patient_Gender,Patient_Ethnicity,Patient_BirthDate,Patient_DeathDate,Patient_ProviderCenterId,Patient_OriginCenterId,Patient_CauseOfDeath,Patient_LastNewsDate,Patient_LastNewsStatus
P1,1,HL7:F,UMLS:C0439673,1950-03-05,,75 001,75 001,,2022-01-15,UMLS:C2584946
P2,2,HL7:M,UMLS:C0439673,1948-11-30,2021-06-01,33 002,33 002,UMLS:C0027651,2021-07-01,UMLS:C1546956
""",
    "TumorPathologyEvent": """\
Patient_Id,Instance_Id,TumorPathologyEvent_Type,TumorPathologyEvent_StartDate,TumorPathologyEvent_DiagnosisDate,TumorPathologyEvent_TopographyCode,TumorPathologyEvent_MorphologyCode,TumorPathologyEvent_PerformanceStatus
P1,1,UMLS:C0677930,2015-02-01,2015-02-01,C17.2,8240/3,1
P1,2,UMLS:C2939419,2016-02-01,2016-02-01,C22.0,8240/6,
P2,1,UMLS:C0677930,2014-05-01,2014-05,C34,8240/3,0
""",
    "Treatment": """\
Patient_Id,Instance_Id,TumorPathologyEvent_Ref,Treatment_Type,Treatment_LineNumber,Treatment_ActivityCode,Treatment_StartDate,Treatment_EndDate
P1,1,1,UMLS:C0728940,1,,2015-03-01,2015-03-01
P1,2,2,UMLS:C1522449,2,,2020-01-10,2020-07-10
P2,1,1,UMLS:C3665472,1,,2019-01-01,2019-06-01
""",
    "Drug": "Patient_Id,Instance_Id,Treatment_Ref,Drug_Code,Drug_Name\nP1,1,2,ATC:V10XX04,lutetium\nP2,1,1,ATC:L01AX04,dacarbazine\n",
    "ResponseEvaluation": "Patient_Id,Instance_Id,Treatment_Ref,ResponseEvaluation_Date,ResponseEvaluation_Status\nP1,1,2,2020-10-01,RECIST:PR\nP2,1,1,2019-07-01,UMLS:C0439673\n",
    "AdverseEvent": "Patient_Id,Instance_Id,Treatment_Ref,TumorPathologyEvent_Ref,AdverseEvent_Code,AdverseEvent_Date,AdverseEvent_EndDate,AdverseEvent_Grade\nP1,1,2,2,MedDRA:10025327,2020-02-01,,CTCAE:3\n",
}  # fmt: skip


@pytest.fixture
def found(tmp_path, monkeypatch):
    monkeypatch.setenv("MESENLUTH_PSEUDONYM_KEY", "a secret of the registry's data manager")
    for name, text in PIVOT.items():
        (tmp_path / f"OSIRIS_pivot_{name}.csv").write_bytes(text.replace("\n", "\r\n").encode())
    pseudonyms = {"method": "hmac-sha256", "key_env": "MESENLUTH_PSEUDONYM_KEY"}
    mapping = str(ROOT / "studies" / "mappings" / "osiris.yaml")
    source = {"kind": "files", "path": ".", "mapping": mapping, "pseudonyms": pseudonyms}
    delivery = read({"study": {"id": "osiris", "data": "registry"}, "source": source}, tmp_path)
    nothing = pd.DataFrame({c: [] for c in PROVENANCE}, dtype=object)
    texts = {n: with_record_ids(n, delivery.tables.get(n, nothing)) for n in REGISTRY}
    return extract(texts, delivery.readings, "2030-01-01")


def test_what_the_model_holds_arrives(found):
    patients = found.tables["patients"].sort_values("birth_year", ignore_index=True)
    assert patients[["centre", "sex", "birth_year", "ecog"]].to_numpy().tolist() == [
        ["33 002", "M", 1948, 0],
        ["75 001", "F", 1950, 1],
    ]
    assert patients["primary_site"].tolist()[1] == "ileum"
    first = patients.loc[1, "patient_id"]
    given = found.tables["administrations"]
    assert given[["patient_id", "product"]].to_numpy().tolist() == [[first, "177Lu-DOTATATE"]]
    assert given["administration_date"].tolist() == [pd.Timestamp("2020-01-10")]
    assert sorted(found.tables["therapies"]["type"]) == ["chemotherapy", "radiotherapy", "surgery_other"]
    news = found.tables["follow_up"].sort_values("follow_up_date", ignore_index=True)
    assert news["vital_status"].tolist() == ["dead", "alive"]
    assert news["cause_of_death"].tolist()[0] == "disease"
    assert news["follow_up_date"].tolist() == [pd.Timestamp("2021-06-01"), pd.Timestamp("2022-01-15")]
    responses = found.tables["responses"].set_index("patient_id")["response"]
    assert responses[first] == "PR"
    assert responses.isna().sum() == 1  # known to be unknown
    assert found.tables["adverse_events"]["ctcae_grade"].tolist() == [3]
    assert not len(found.tables["lesions"])


def test_a_code_and_a_date_that_are_none_are_findings(found):
    cells = found.unreadable[["table", "column", "observed"]].to_numpy().tolist()
    assert sorted(cells) == [["patients", "diagnosis_date", "2014-05"], ["patients", "primary_site", "C34"]]


def test_names_of_records_are_those_of_their_patient_under_pseudonym(found):
    ids = found.tables["therapies"]["therapy_id"]
    assert ids.is_unique
    assert ids.str.fullmatch("[0-9a-f]{16}/[12]").all()
