"""REDCap exports, raw and labelled: instruments as relations, what an empty box says, and what is refused.

The sample projects of the R package REDCapR are read as they are. Expected values stand in those files: they were
counted and read there by hand, not by this program.
"""

import copy

import pandas as pd
import pytest
import yaml

from mesenluth.errors import ConfigurationError, SourceError
from mesenluth.registry.cut import register
from mesenluth.registry.extract import extract
from mesenluth.registry.mapping import RegistryMapping
from mesenluth.registry.redcap import REPEATS, opened
from mesenluth.registry.relation import Request, texts_of
from mesenluth.registry.source import Reading, read
from mesenluth.tables.extracted import PLACES, stored
from mesenluth.tables.io import read_table
from mesenluth.tables.registry import REGISTRY
from places import ROOT

SAMPLES = ROOT.parent / "shared" / "acceptance" / "redcap"
samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample projects of REDCapR are not here")

DICTIONARY = """\
"Variable / Field Name","Form Name","Section Header","Field Type","Field Label","Choices, Calculations, OR Slider Labels","Field Note","Text Validation Type OR Show Slider Number","Text Validation Min","Text Validation Max",Identifier?
record_id,demographics,,text,"Study ID",,,,,,
name,demographics,,text,Name,,,,,,y
dob,demographics,,text,"Date of birth",,,date_dmy,,,y
sex,demographics,,radio,Sex,"1, Male | 2, Female",,,,,
site,disease,,dropdown,"Primary <b>site</b>","1, Ileum | 2, Jejunum, upper | 9, Unknown",,,,,
flags,disease,,checkbox,Symptoms,"1, Functioning | 2, Carcinoid syndrome",,,,,
remarks,disease,,notes,Remarks,,,,,,
scan_date,scan,,text,Date,,,date_dmy,,,
modality,scan,,radio,Modality,"CT, CT scan | MR, MRI",,,,,
dose_date,dose,,text,Date,,,date_dmy,,,
"""

RAW = """\
record_id,redcap_repeat_instrument,redcap_repeat_instance,redcap_data_access_group,name,dob,sex,demographics_complete,site,flags___1,flags___2,flags___ni,remarks,disease_complete,scan_date,modality,scan_complete,dose_date,dose_complete
7,,,lyon,Anna PLANTED,1950-03-05,2,2,2,1,0,0,called her,2,,,,2020-01-10,2
7,scan,1,lyon,,,,,,,,,,,2020-01-02,CT,2,,
7,scan,2,lyon,,,,,,,,,,,55:02,MR,2,,
8,,,nice,Bob PLANTED,1948-11-30,1,2,9,0,0,0,,0,,,,,0
9,,,nice,,,,0,,0,0,1,,1,,,,,0
"""

LABELLED = """\
Study ID;Repeat Instrument;Repeat Instance;Data Access Group;Name;Date of birth;Sex;Complete?;Primary site;Symptoms (choice=Functioning);Symptoms (choice=Carcinoid syndrome);Remarks;Complete?;Date;Modality;Complete?;Date;Complete?
7;;;lyon;Anna PLANTED;1950-03-05;Female;Complete;Jejunum, upper;Checked;Unchecked;called her;Complete;;;;2020-01-10;Complete
7;Scan;1;lyon;;;;;;;;;;2020-01-02;CT scan;Complete;;
7;Scan;2;lyon;;;;;;;;;;55:02;MRI;Complete;;
8;;;nice;Bob PLANTED;1948-11-30;Male;Complete;Unknown;Unchecked;Unchecked;;Incomplete;;;;;Incomplete
9;;;nice;;;;Incomplete;;Unchecked;Unchecked;;Unverified;;;;;Incomplete
"""

MAPPING = {
    "registry": "a REDCap project",
    "missing": ["", "NI"],
    "tables": {
        "patients": {
            "from": "demographics",
            "key": "record_id",
            "join": {"disease": "record_id"},
            "columns": {
                "patient_id": {"source": "record_id", "pseudonym": "patient"},
                "centre": "redcap_data_access_group",
                "sex": {"source": "sex", "codes": {"1": "M", "2": "F"}},
                "birth_year": {"source": "dob", "keep": "year"},
                "primary_site": {"source": "site", "from": "disease", "codes": {"1": "ileum", "2": "jejunum", "9": "unknown"}},
                "functioning": {"source": "flags___1", "from": "disease", "codes": {"1": True, "0": False}},
                "carcinoid_syndrome": {"source": "flags___2", "from": "disease", "codes": {"1": True, "0": False}},
            },
        },
        "scans": {
            "from": "scan",
            "key": ["record_id", "redcap_repeat_instance"],
            "columns": {
                "scan_id": {"source": ["record_id", "redcap_repeat_instance"]},
                "patient_id": {"source": "record_id", "pseudonym": "patient"},
                "scan_date": "scan_date",
                "modality": {"source": "modality", "codes": {"CT": "CT", "MR": "MRI"}},
            },
        },
    },
}  # fmt: skip


@pytest.fixture
def project(tmp_path, study, monkeypatch):
    """Write an export with its dictionary and mapping; the study that reads it."""
    monkeypatch.setenv("MESENLUTH_PSEUDONYM_KEY", "a secret of the registry's data manager")
    study = copy.deepcopy(study)
    study["study"]["data"] = "registry"
    study["source"] |= {"kind": "redcap", "path": "export.csv", "dictionary": "dictionary.csv", "mapping": "map.yaml"}

    def write(export=RAW, dictionary=DICTIONARY, mapping=MAPPING):
        (tmp_path / "export.csv").write_text(export, encoding="utf-8")
        (tmp_path / "dictionary.csv").write_text(dictionary, encoding="utf-8")
        (tmp_path / "map.yaml").write_text(yaml.safe_dump(mapping))
        return study, tmp_path

    return write


def rows(instruments, relation):
    frame = pd.concat(instruments.batches(Request(relation, tuple(instruments.columns()[relation]))))
    return frame[texts_of(frame)]


def instruments(study, root, **options):
    return opened(study["source"], root, RegistryMapping((), {}, options, ("", "NI")))


def typed(study, root):
    cut, _ = register(read(study, root), study, root)
    readings = {t: {c: Reading.from_dict(r) for c, r in columns.items()} for t, columns in cut.readings.items()}
    texts = {n: read_table(root / cut.path("all", n), stored(n)) for n in REGISTRY}
    places = [read_table(root / p, PLACES) for p in cut.places_paths("all")]
    return extract(texts, readings, "2030-01-01", places[0] if places else None)


@pytest.mark.parametrize("export", [RAW, LABELLED], ids=["raw", "labelled"])
def test_instruments_become_tables_whatever_the_export(project, export):
    found = typed(*project(export))
    patients = found.tables["patients"].sort_values("birth_year", ascending=False, ignore_index=True)
    assert len(patients) == 3
    assert patients.loc[0, ["centre", "sex", "birth_year", "primary_site"]].tolist() == ["lyon", "F", 1950, "jejunum"]
    assert patients.loc[0, ["functioning", "carcinoid_syndrome"]].tolist() == [True, False]
    assert patients.loc[1, ["centre", "sex", "birth_year", "primary_site"]].tolist() == ["nice", "M", 1948, "unknown"]
    scans = found.tables["scans"].sort_values("scan_id", ignore_index=True)
    assert len(scans) == 2
    assert set(scans["patient_id"]) == {patients.loc[0, "patient_id"]}
    assert scans["modality"].tolist() == ["CT", "MRI"]
    assert scans["scan_date"].isna().tolist() == [False, True]


@pytest.mark.parametrize("export", [RAW, LABELLED], ids=["raw", "labelled"])
def test_what_cannot_be_read_says_its_text_and_its_place(project, export):
    cell = typed(*project(export)).unreadable.iloc[0]
    assert (cell["table"], cell["column"], cell["observed"]) == ("scans", "scan_date", "55:02")
    assert cell["reason"].endswith("; at export.csv, line 4, column scan_date")


@pytest.mark.parametrize("export", [RAW, LABELLED], ids=["raw", "labelled"])
def test_a_group_of_boxes_without_a_tick_says_nothing(project, export):
    study, root = project(export)
    # Patient 8: disease was saved with a site and no box; patient 9: raw, the missing-data code NI is ticked.
    found = rows(instruments(study, root), "disease").set_index("record_id")
    assert found.loc["8", ["flags___1", "flags___2"]].tolist() == ["", ""]
    assert found.loc["7", ["flags___1", "flags___2"]].tolist() == ["1", "0"]
    assert found.loc["9", ["flags___1", "flags___2"]].tolist() == ["", ""]
    told = rows(instruments(study, root, unticked="no"), "disease").set_index("record_id")
    assert told.loc["8", ["flags___1", "flags___2"]].tolist() == ["0", "0"]


def test_a_missing_data_code_silences_its_boxes_even_where_no_tick_means_no(project):
    study, root = project(RAW)
    found = rows(instruments(study, root, unticked="no"), "disease").set_index("record_id")
    assert found.loc["9", ["flags___1", "flags___2"]].tolist() == ["", ""]


def test_no_identity_and_no_record_number_is_taken_in(project):
    study, root = project()
    delivery = read(study, root)
    everything = " ".join(t.astype(str).to_csv() for t in delivery.tables.values())
    for identity in ("PLANTED", "1950-03-05", "called her"):
        assert identity not in everything
    # The record number is part of a scan's name: under its pseudonym.
    assert delivery.tables["scans"]["scan_id"].str.fullmatch("[0-9a-f]{16}/[12]").all()
    assert delivery.tables["scans"]["source_key"].tolist() == delivery.tables["scans"]["scan_id"].tolist()
    assert any("demographics.name" in note for note in delivery.notes)


@pytest.mark.parametrize(
    ("column", "says"), [("name", "marks 'name' as an identifier"), ("remarks", "marks 'remarks' as free text")]
)
def test_what_the_dictionary_calls_identifying_is_refused(project, column, says):
    mapping = copy.deepcopy(MAPPING)
    mapping["tables"]["patients"]["columns"]["grade"] = {
        "source": column,
        **({"from": "disease"} if column != "name" else {}),
    }
    with pytest.raises(ConfigurationError, match=says):
        read(*project(mapping=mapping))


def test_an_export_of_another_project_is_refused(project):
    with pytest.raises(SourceError, match="the first column is 'subject'"):
        read(*project(RAW.replace("record_id", "subject", 1)))
    with pytest.raises(SourceError, match="repeated instrument 'ct' is none of the dictionary"):
        read(*project(RAW.replace(",scan,", ",ct,")))


def test_an_export_without_repeats_yet_has_no_rows_of_them(project):
    study, root = project("record_id,sex,scan_date,modality\n7,2,,\n")
    found = opened(study["source"], root)
    assert found.columns()["scan"] == ["record_id", *REPEATS, "scan_date", "modality"]
    assert len(rows(found, "scan")) == 0
    assert len(rows(found, "demographics")) == 1


def test_labels_that_fit_several_fields_are_named_not_guessed(project):
    # Of the two columns labelled Date one was left out of the export: it may be the scan's or the dose's.
    lines = LABELLED.splitlines()
    short = [";".join(line.split(";")[:13] + line.split(";")[16:18]) for line in lines]
    study, root = project("\n".join(short) + "\n")
    found = opened(study["source"], root)
    assert found.notes == ["labels that are no field of the dictionary, or of several: Complete?, Date, Complete?"]
    assert "dose_date" not in found.columns()["dose"]
    assert "scan_date" not in found.columns()["scan"]


def test_two_forms_of_one_record_give_no_value_rather_than_the_first(project):
    twice = RAW + "8,,,nice,,,,,1,0,0,0,,2,,,,,0\n"
    mapping = copy.deepcopy(MAPPING)
    found = typed(*project(twice, mapping=mapping))
    cells = found.unreadable[found.unreadable["table"] == "patients"]
    assert "one of 2 rows of disease" in " ".join(cells["observed"])


@pytest.mark.parametrize(
    ("options", "says"),
    [({"untickd": "no"}, "unknown key untickd"), ({"unticked": "0"}, "unticked: '0'"), ({"labels": "yes"}, "labels")],
)
def test_a_wrong_option_is_refused(project, options, says):
    with pytest.raises(ConfigurationError, match=says):
        read(*project(mapping={**MAPPING, "redcap": options}))


SHAPES = {
    "blank-for-gray-status": {"demographics": (6, 11), "health": (5, 8), "race_and_ethnicity": (5, 11)},
    "checkboxes-1": {"form_1": (4, 2), "form_2": (3, 12)},
    "clinical-trial-1": {"demographics": (500, 13)},
    "dag": {"demographics": (3, 17)},
    "decimal-comma": {"records": (4, 6)},
    "decimal-dot": {"demographics": (4, 6)},
    "longitudinal": {
        "demographics": (3, 46), "contact_info": (5, 9), "baseline_data": (3, 11), "visit_lab_data": (4, 8),
        "patient_morale_questionnaire": (10, 7), "visit_blood_workup": (4, 12), "visit_observed_behavior": (6, 17),
        "completion_data": (2, 15), "completion_project_questionnaire": (3, 16),
    },
    "nonnumeric-record-id": {"demographics": (3, 3)},
    "repeating-instruments": {"demographics": (2, 11), "bp": (4, 7)},
    "repeating-instruments-sparse": {"demographics": (5, 11), "bp": (4, 7)},
    "validation-types-1": {"form_1": (1, 52)},
    "vignette-repeating": {"intake": (2, 7), "blood_pressure": (6, 6), "laboratory": (4, 6), "image": (5, 5)},
}  # fmt: skip
"""Sample project -> instrument -> rows, and columns without those of repeats that an export may lack."""


def sample(name):
    dictionary = f"{name}/dictionary.csv" if (SAMPLES / name / "dictionary.csv").exists() else None
    return opened({"path": f"{name}/data.csv", "dictionary": dictionary}, SAMPLES)


@samples
@pytest.mark.parametrize("name", SHAPES)
def test_sample_projects_have_the_right_shapes(name):
    found = sample(name)
    present = set((SAMPLES / name / "data.csv").read_text().splitlines()[0].split(","))
    shapes = {
        n: (len(rows(found, n)), len([c for c in columns if c in present])) for n, columns in found.columns().items()
    }
    assert shapes == SHAPES[name]
    assert found.notes == []


@samples
def test_sample_projects_are_all_here():
    assert {p.name for p in SAMPLES.iterdir()} == set(SHAPES)


@samples
def test_sample_checkboxes_mean_what_their_author_wrote_beside_them():
    found = rows(sample("checkboxes-1"), "form_2").set_index("record_id")
    one, two = [f"check_one___{i}" for i in "1234"], [f"check_two___{i}" for i in "abcde"]
    assert found.loc["1", one + two].tolist() == ["1", "0", "0", "0", "1", "0", "1", "0", "0"]
    assert found.loc["2", one].tolist() == [""] * 4  # "check_one___[1-4] should be NA"
    assert found.loc["2", two].tolist() == ["0", "1", "0", "1", "0"]
    assert found.loc["3", one].tolist() == ["1"] * 4
    assert found.loc["3", two].tolist() == [""] * 5  # "check_two___[a-e] should be NA"


@samples
def test_sample_values_are_the_delivered_text():
    bp = rows(sample("repeating-instruments"), "bp")
    assert bp["bp_systolic"].tolist() == ["110", "111", "112", "114"]
    assert bp["redcap_repeat_instance"].tolist() == ["1", "2", "3", "1"]
    assert rows(sample("decimal-comma"), "records")["height"].tolist() == ["1,54", "1,84", "1,95", "1,61"]
    lab = rows(sample("vignette-repeating"), "laboratory")
    assert lab[["record_id", "lab", "conc"]].iloc[2].tolist() == ["2", "bb1", "2.1 ppm"]
    assert rows(sample("nonnumeric-record-id"), "demographics")["record_id"].tolist() == ["a", "b", "c"]
    trial = rows(sample("clinical-trial-1"), "demographics")
    assert trial.iloc[0][["dob", "height", "weight"]].tolist() == ["1991-05-13", "176.1", "105"]
    visits = rows(sample("longitudinal"), "visit_lab_data")
    assert set(visits["redcap_event_name"]) <= {
        "visit_1_arm_1",
        "visit_2_arm_1",
        "first_visit_arm_2",
        "final_visit_arm_1",
        "final_visit_arm_2",
    }


@samples
def test_sample_labels_and_codes_give_the_same_tables(tmp_path):
    """The labelled form of a sample, written by the rules of REDCap's export, is read as the raw one."""
    raw = sample("blank-for-gray-status")
    dictionary = pd.read_csv(SAMPLES / "blank-for-gray-status/dictionary.csv", dtype=str, keep_default_na=False)
    data = pd.read_csv(SAMPLES / "blank-for-gray-status/data.csv", dtype=str, keep_default_na=False)
    labels, out = {"record_id": "Study ID", "redcap_data_access_group": "Data Access Group"}, {}
    for _, field in dictionary.iterrows():
        name, label = field["Variable / Field Name"], field["Field Label"]
        choices = [c.split(",", 1) for c in field["Choices, Calculations, OR Slider Labels"].split("|") if "," in c]
        choices = {code.strip(): text.strip() for code, text in choices}
        if field["Field Type"] == "checkbox":
            for code, text in choices.items():
                labels[f"{name}___{code}"] = f"{label} (choice={text})"
                out[f"{name}___{code}"] = {"1": "Checked", "0": "Unchecked"}
        else:
            labels[name] = label
            out[name] = choices
    for column in data:
        if column.endswith("_complete"):
            labels[column], out[column] = "Complete?", {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
        data[column] = data[column].map(lambda v, c=column: out.get(c, {}).get(v, v))
    data.columns = [labels[c] for c in data]
    data.to_csv(tmp_path / "data.csv", index=False)
    dictionary.to_csv(tmp_path / "dictionary.csv", index=False)
    read_back = opened({"path": "data.csv", "dictionary": "dictionary.csv"}, tmp_path)
    assert read_back.columns() == raw.columns()
    for name in raw.columns():
        pd.testing.assert_frame_equal(rows(read_back, name), rows(raw, name))
