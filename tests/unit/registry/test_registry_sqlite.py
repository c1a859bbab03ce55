"""A SQLite registry through its mapping: text as delivered, pseudonyms in place, identifiers left behind."""

import copy
import sqlite3

import pandas as pd
import pytest
import yaml

from mesenluth.errors import ConfigurationError, SourceError
from mesenluth.registry.source import read

MAPPING = {
    "registry": "tiny",
    "missing": ["", "NA"],
    "tables": {
        "patients": {
            "from": "patient",
            "key": "id",
            "columns": {
                "patient_id": {"source": "dossier", "pseudonym": "patient"},
                "centre": "centre",
                "sex": {"source": "sexe", "codes": {"1": "M", "2": "F"}},
                "birth_year": {"source": "naissance", "keep": "year", "formats": ["%d/%m/%Y"]},
            },
        },
        "scans": {
            "from": "examen",
            "key": "no",
            "columns": {
                "scan_id": "no",
                "patient_id": {"source": "dossier", "pseudonym": "patient"},
                "scan_date": {"source": "date", "formats": ["%d/%m/%Y"]},
                "modality": {"constant": "CT"},
            },
        },
    },
}


@pytest.fixture
def tiny(tmp_path, study):
    """A study on a database of two patients, one of them with a scan."""
    base = sqlite3.connect(tmp_path / "tiny.sqlite")
    base.executescript(
        """
        CREATE TABLE patient (id INTEGER, dossier TEXT, nom TEXT, centre TEXT, sexe INTEGER, naissance TEXT);
        INSERT INTO patient VALUES (1, 'H-0001', 'DUPONT', 'C01', 2, '05/03/1950'), (2, 'H-0002', 'DURAND', 'C02', 1, '1950');
        CREATE TABLE examen (no INTEGER, dossier TEXT, date TEXT);
        INSERT INTO examen VALUES (7, 'H-0001', '01/02/2020');
        """
    )
    base.close()
    (tmp_path / "map.yaml").write_text(yaml.safe_dump(MAPPING))
    study = copy.deepcopy(study)
    study["study"]["data"] = "registry"
    study["source"] |= {"kind": "sqlite", "path": "tiny.sqlite", "mapping": "map.yaml"}
    return study, tmp_path


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("MESENLUTH_PSEUDONYM_KEY", "a secret of the registry's data manager")


def test_rows_come_as_text_under_pseudonyms(tiny, key):
    delivery = read(*tiny)
    patients = delivery.tables["patients"]
    assert patients["sex"].tolist() == ["2", "1"]
    assert patients["centre"].tolist() == ["C01", "C02"]
    assert patients["birth_year"].tolist() == ["1950", "unreadable date"]
    assert patients["source_key"].tolist() == ["1", "2"]
    assert patients["patient_id"].str.fullmatch("[0-9a-f]{16}").all()
    # The same person has the same pseudonym in every table.
    assert delivery.tables["scans"]["patient_id"].tolist() == patients["patient_id"].tolist()[:1]
    assert delivery.tables["scans"]["scan_date"].tolist() == ["01/02/2020"]
    assert list(delivery.files) == ["tiny.sqlite"]


def test_no_identity_is_taken_in(tiny, key):
    delivery = read(*tiny)
    everything = " ".join(t.astype(str).to_csv() for t in delivery.tables.values())
    for identity in ("H-0001", "DUPONT", "DURAND", "05/03/1950"):
        assert identity not in everything
    assert any("patient.nom" in note for note in delivery.notes)


def test_pseudonyms_depend_on_key_and_study(tiny, key, monkeypatch):
    study, root = tiny
    first = read(study, root).tables["patients"]["patient_id"]
    monkeypatch.setenv("MESENLUTH_PSEUDONYM_KEY", "another secret of the same length")
    assert not set(first) & set(read(study, root).tables["patients"]["patient_id"])
    study["study"]["id"] = "another_study"
    assert not set(first) & set(read(study, root).tables["patients"]["patient_id"])


@pytest.mark.parametrize("secret", [None, "short"])
def test_a_real_registry_without_a_key_is_refused(tiny, secret, monkeypatch):
    if secret is not None:
        monkeypatch.setenv("MESENLUTH_PSEUDONYM_KEY", secret)
    with pytest.raises(ConfigurationError, match="MESENLUTH_PSEUDONYM_KEY") as refused:
        read(*tiny)
    assert "a secret key of at least 16 characters" in str(refused.value)
    assert not secret or secret not in str(refused.value)


def test_a_real_registry_without_pseudonyms_is_refused(tiny, key):
    study, root = tiny
    study["source"]["pseudonyms"]["method"] = "none"
    with pytest.raises(ConfigurationError, match="real registry"):
        read(study, root)


def test_row_hash_changes_with_the_row_alone(tiny, key):
    study, root = tiny
    before = read(study, root).tables["patients"]["row_sha256"].tolist()
    base = sqlite3.connect(root / "tiny.sqlite")
    base.execute("UPDATE patient SET centre = 'C03' WHERE id = 2")
    base.commit()
    base.close()
    after = read(study, root).tables["patients"]["row_sha256"].tolist()
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_a_missing_database_is_named(tiny, key):
    study, root = tiny
    study["source"]["path"] = "nowhere.sqlite"
    with pytest.raises(SourceError, match=r"nowhere\.sqlite: no such file") as refused:
        read(study, root)
    assert "what to do" in str(refused.value)


def test_a_file_that_is_no_database_is_named(tiny, key):
    study, root = tiny
    (root / "tiny.sqlite").write_bytes(b"PK\x03\x04 a spreadsheet" * 100)
    with pytest.raises(SourceError, match=r"tiny\.sqlite: cannot be read"):
        read(study, root)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("ALTER TABLE patient DROP COLUMN sexe", "table 'patient' has no column sexe \\(needed for patients\\)"),
        ("DROP TABLE examen", "no table 'examen' \\(mapped to scans\\)"),
    ],
)
def test_a_missing_table_or_column_is_named(tiny, key, change, says):
    study, root = tiny
    base = sqlite3.connect(root / "tiny.sqlite")
    base.execute(change)
    base.close()
    with pytest.raises(SourceError, match=says):
        read(study, root)


def test_an_empty_database_is_refused(tiny, key):
    study, root = tiny
    base = sqlite3.connect(root / "tiny.sqlite")
    base.executescript("DELETE FROM patient; DELETE FROM examen;")
    base.close()
    with pytest.raises(SourceError, match="no rows"):
        read(study, root)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda m: m.update(tabels={}), "unknown key tabels"),
        (lambda m: m["tables"].update(nope={}), "tables.nope: no such table"),
        (lambda m: m["tables"]["patients"].pop("key"), "tables.patients: key is missing"),
        (lambda m: m["tables"]["patients"]["columns"].pop("centre"), "centre not mapped"),
        (lambda m: m["tables"]["patients"]["columns"].update(age="age"), "columns.age: table patients has no such"),
        (lambda m: m["tables"]["patients"]["columns"].update(sex={"source": "s", "codes": {"1": "X"}}), r"codes\['1'\]"),
        (lambda m: m["tables"]["patients"]["columns"].update(functioning="f"), "columns.functioning: no codes"),
        (lambda m: m["tables"]["patients"]["columns"].update(ecog={"source": "e", "unit": "kg"}), "ecog.unit: 'kg'"),
        (lambda m: m["tables"]["patients"]["columns"].update(sex={}), "exactly one of source and constant"),
        (lambda m: m["tables"]["patients"]["columns"].update(ecog={"source": "e", "decimal": ";"}), "ecog.decimal"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_refused_by_name(tiny, key, spoil, says):
    study, root = tiny
    mapping = copy.deepcopy(MAPPING)
    spoil(mapping)
    (root / "map.yaml").write_text(yaml.safe_dump(mapping))
    with pytest.raises(ConfigurationError, match=says):
        read(study, root)


def test_reading_leaves_the_database_as_it_is(tiny, key):
    study, root = tiny
    before = (root / "tiny.sqlite").read_bytes()
    read(study, root)
    assert (root / "tiny.sqlite").read_bytes() == before
    assert sorted(p.name for p in root.iterdir()) == ["map.yaml", "tiny.sqlite"]


def test_numbers_in_the_database_come_as_text(tiny, key):
    delivery = read(*tiny)
    for frame in delivery.tables.values():
        kinds = {type(v) for c in frame.columns for v in frame[c] if not pd.isna(v)}
        assert kinds <= {str}
