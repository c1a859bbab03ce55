"""A first mapping file by looking at the data: what it guesses is right, what it cannot know says CHECK."""

import sqlite3

import openpyxl
import pytest
import yaml

from mesenluth import cli
from mesenluth.errors import ConfigurationError, SourceError
from mesenluth.registry.connect import coverage, drafted
from mesenluth.registry.mapping import load
from mesenluth.registry.source import read
from unit.registry.test_registry_redcap import DICTIONARY, RAW

PATIENTS = (
    "\ufeffListe des patients\n\nNum Dossier;Nom;Code centre;Sexe;Date naissance;Date diagnostic;Ki67;Opéré\n"
    + "".join(
        f"H-{i:04};PLANTED{i};C0{i % 3};{'F' if i % 2 else 'H'};{i % 28 + 1:02}/03/195{i % 10};{i % 12 + 1:02}/0{i % 9 + 1}/2019;{i},5;{'O' if i % 3 else 'N'}\n"
        for i in range(1, 40)
    )
)
SCANS = "id_examen,num_dossier,date_examen,modalite\n" + "".join(
    f"{i},H-{i % 39 + 1:04},{'2019-13-40' if i == 5 else f'2020-0{i % 9 + 1}-15'},{'TDM' if i % 2 else 'ZZ'}\n"
    for i in range(1, 60)
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "patient.csv").write_bytes(PATIENTS.lstrip("\ufeff").encode("cp1252"))
    (tmp_path / "examen.csv").write_text(SCANS)
    return tmp_path


def mapping_of(text):
    return yaml.safe_load(text)


def test_a_folder_of_files_is_drafted_with_its_layouts(folder, tmp_path):
    text = drafted(str(folder), None, tmp_path)
    found = mapping_of(text)
    assert found["files"] == {
        "examen": {"path": "examen.csv"},
        "patient": {"path": "patient.csv", "separator": ";", "encoding": "cp1252", "header": 3},
    }
    patients = found["tables"]["patients"]
    assert (patients["from"], patients["key"]) == ("patient", "Num Dossier")
    columns = patients["columns"]
    assert columns["patient_id"] == {"source": "Num Dossier", "pseudonym": "patient"}
    assert columns["centre"] == "Code centre"
    assert columns["sex"] == {"source": "Sexe", "codes": {"F": "F", "H": "M"}}
    assert columns["birth_year"] == {"source": "Date naissance", "keep": "year", "formats": ["%d/%m/%Y"]}
    assert columns["ki67_percent"] == {"source": "Ki67", "decimal": ","}
    assert columns["primary_resected"] == {"source": "Opéré", "codes": {"N": False, "O": True}}
    scans = found["tables"]["scans"]["columns"]
    assert scans["scan_date"] == {"source": "date_examen", "formats": ["%Y-%m-%d"]}
    assert scans["modality"] == {"source": "modalite", "codes": {"TDM": "CT"}}


def test_what_is_not_known_is_said_and_no_name_is_shown(folder, tmp_path):
    text = drafted(str(folder), None, tmp_path)
    lines = text.splitlines()
    # Every day of diagnosis is at most the twelfth: month and day may stand in either order.
    assert any("diagnosis_date" in line and "CHECK %m/%d/%Y fit as well" in line for line in lines)
    assert any("scan_date" in line and "CHECK 1 of the first 59 values are not like the rest" in line for line in lines)
    assert any('CHECK no meaning guessed for "ZZ" (29 rows); one of CT, MRI' in line for line in lines)
    assert any(line == "#   patient: Nom (text)" for line in lines)
    assert any(line.startswith("#   measurements: ") for line in lines)
    assert "PLANTED" not in text
    assert "H-00" not in text


def test_a_draft_is_a_mapping_that_reads(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("MESENLUTH_PSEUDONYM_KEY", "a secret of the registry's data manager")
    (tmp_path / "map.yaml").write_text(drafted(str(folder), None, tmp_path))
    pseudonyms = {"method": "hmac-sha256", "key_env": "MESENLUTH_PSEUDONYM_KEY"}
    source = {"kind": "files", "path": ".", "mapping": "map.yaml", "pseudonyms": pseudonyms}
    study = {"study": {"id": "draft", "data": "registry"}, "source": source}
    delivery = read(study, tmp_path)
    assert {n: len(t) for n, t in delivery.tables.items()} == {"patients": 39, "scans": 59}
    said = coverage(study, tmp_path)
    assert "map.yaml: right, and files . has what it reads" in said
    assert "In the registry, and not used: patient.Nom" in said
    assert "measurements" in said.splitlines()[-1]


def test_a_database_is_drafted(tmp_path):
    base = sqlite3.connect(tmp_path / "r.db")
    base.execute(
        "CREATE TABLE mesures (id INTEGER, num_dossier TEXT, id_lesion TEXT, id_examen TEXT, statut TEXT, grand_axe TEXT)"
    )
    rows = [(i, f"H{i % 9}", f"L{i}", f"E{i}", "M", "3.5" if i else "999") for i in range(50)]
    base.executemany("INSERT INTO mesures VALUES (?, ?, ?, ?, ?, ?)", rows)
    base.commit()
    base.close()
    text = drafted(str(tmp_path / "r.db"), None, tmp_path)
    found = mapping_of(text)
    assert found["missing"] == ["", "999"]  # a size that no other comes near
    size = found["tables"]["measurements"]["columns"]["longest_diameter_um"]
    assert size == {"source": "grand_axe", "unit": "cm"}  # a lesion of 3.5 mm would be a small one
    assert any("grand_axe" in line and "CHECK the unit" in line for line in text.splitlines())
    assert found["tables"]["measurements"]["columns"]["status"]["codes"] == {"M": "measured"}


def test_labels_of_a_dictionary_tell_what_codes_mean(tmp_path):
    (tmp_path / "export.csv").write_text(RAW)
    (tmp_path / "dictionary.csv").write_text(DICTIONARY)
    found = mapping_of(drafted(str(tmp_path / "export.csv"), tmp_path / "dictionary.csv", tmp_path))
    assert found["tables"]["patients"]["columns"]["sex"]["codes"] == {"1": "M", "2": "F"}
    assert found["tables"]["scans"]["columns"]["modality"]["codes"] == {"CT": "CT", "MR": "MRI"}


def test_a_required_column_that_nothing_fits_is_named_when_the_draft_is_read(tmp_path):
    (tmp_path / "patient.csv").write_text("num_dossier,sexe\n1,F\n2,M\n")
    text = drafted(str(tmp_path / "patient.csv"), None, tmp_path)
    assert "# centre: required, and no column seems to hold it (code of the treating centre)" in text
    (tmp_path / "map.yaml").write_text(text)
    with pytest.raises(ConfigurationError, match="centre not mapped"):
        load(tmp_path / "map.yaml")


def test_sheets_with_a_title_are_drafted(tmp_path):
    made = openpyxl.Workbook()
    made.active.append(["Examens 2020"])
    made.active.append(["id_examen", "num_dossier", "date_examen", "modalite"])
    made.active.append([1, "H1", "15/03/2020", "IRM"])
    made.active.append([2, "H2", "16/03/2020", "IRM"])
    made.save(tmp_path / "examens.xlsx")
    found = mapping_of(drafted(str(tmp_path / "examens.xlsx"), None, tmp_path))
    assert found["files"] == {"examens": {"path": "examens.xlsx", "sheet": "Sheet", "header": 2}}
    assert found["tables"]["scans"]["columns"]["scan_date"] == {"source": "date_examen", "formats": ["%d/%m/%Y"]}


def test_a_source_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceError, match="nowhere: no such file or folder"):
        drafted(str(tmp_path / "nowhere"), None, tmp_path)


def test_the_command_writes_a_file_once(folder, tmp_path, capsys):
    place = tmp_path / "out" / "map.yaml"
    assert cli.main(["map", "--draft", str(folder), "--output", str(place)]) == 0
    assert "drafted; read it line by line" in capsys.readouterr().out
    assert load(place).tables
    assert cli.main(["map", "--draft", str(folder), "--output", str(place)]) == 2
    assert "there is such a file" in capsys.readouterr().err
