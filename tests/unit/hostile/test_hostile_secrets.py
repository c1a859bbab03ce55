"""Keys and passwords are planted, and looked for in everything that is written and said; files are nobody else's."""

import json
import os
import subprocess
import sys

import pytest
import yaml

from mesenluth.errors import ConfigurationError, SourceError
from mesenluth.registry.credentials import credential
from mesenluth.registry.cut import register
from mesenluth.registry.pseudonyms import pseudonymiser
from mesenluth.registry.source import read
from mesenluth.rights import keep_private
from mesenluth.workflow import execute
from places import ROOT
from unit.hostile.test_hostile_fuzz import FILES, packed

KEY = "planted-key-of-the-data-manager"
VARIABLE = "MESENLUTH_PSEUDONYM_KEY"
PSEUDONYMS = {"method": "hmac-sha256", "key_env": VARIABLE}
COLUMNS = {"patient_id": {"source": "id", "pseudonym": "patient"}, "centre": "centre"}


@pytest.fixture
def study(tmp_path):
    """A study of files of a real registry, ready to be read."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "patients.csv").write_text("id,centre\n4711,FR01\n")
    (tmp_path / "data" / "values.csv").write_bytes(packed("csv").replace(b",1,", b",4711,"))
    tables = {**FILES["tables"], "patients": {**FILES["tables"]["patients"], "columns": COLUMNS}}
    tables["markers"] = {
        **tables["markers"],
        "columns": {**tables["markers"]["columns"], "patient_id": COLUMNS["patient_id"]},
    }
    (tmp_path / "map.yaml").write_text(yaml.safe_dump({**FILES, "tables": tables}))
    source = {"kind": "files", "path": "data", "mapping": "map.yaml", "pseudonyms": PSEUDONYMS}
    return {
        "study": {"id": "real", "data": "registry"},
        "source": source,
        "cut": {"date": "2030-01-01", "partition": "none"},
    }


def test_neither_the_key_nor_an_identifier_is_in_what_is_registered(study, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv(VARIABLE, KEY)
    cut, _ = register(read(study, tmp_path), study, tmp_path)
    written = [p for p in (tmp_path / "cuts").rglob("*") if p.is_file()]
    assert len(written) > 10
    for path in written:
        content = path.read_bytes()
        assert KEY.encode() not in content and b"4711" not in content, path
    assert KEY not in "".join(capfd.readouterr())


def test_a_key_may_stand_in_a_file_of_its_owner_alone(study, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, KEY)
    known = pseudonymiser(study).key
    monkeypatch.delenv(VARIABLE)
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    monkeypatch.setenv(f"{VARIABLE}_FILE", str(file))
    for mode in (0o644, 0o640, 0o604):
        file.chmod(mode)
        with pytest.raises(ConfigurationError, match=f"rights {mode:03o}") as told:
            pseudonymiser(study)
        assert KEY not in str(told.value)
    file.chmod(0o600)
    assert pseudonymiser(study).key == known
    monkeypatch.setenv(f"{VARIABLE}_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        credential(VARIABLE)


def test_a_key_that_is_too_short_is_not_repeated(study, monkeypatch):
    monkeypatch.setenv(VARIABLE, "planted")
    with pytest.raises(ConfigurationError) as told:
        pseudonymiser(study)
    assert "planted" not in str(told.value)


def test_a_password_of_a_database_is_not_in_the_message_that_it_cannot_be_reached(monkeypatch):
    from mesenluth.registry.postgresql import Database

    for name, value in {
        "PGHOST": "127.0.0.1",
        "PGPORT": "1",
        "PGDATABASE": "registry",
        "PGPASSWORD": "planted",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SourceError) as told:
        Database("public")
    assert "planted" not in str(told.value)


def test_an_address_with_a_password_in_it_is_refused_and_not_repeated(tmp_path):
    from mesenluth.registry.redcap_api import opened

    with pytest.raises(ConfigurationError, match="with a user in it") as told:
        opened({"url": "https://jane:planted@redcap.example.org/api/"}, tmp_path)
    assert "planted" not in str(told.value)


def test_jobs_are_not_given_what_only_registering_needs(tmp_path, study, monkeypatch):
    """Snakemake is started for real; its environment is what its jobs get, and what a scheduler may write down."""
    (tmp_path / "Snakefile").write_text(
        "import json, os\njson.dump(dict(os.environ), open('seen.json', 'w'))\nrule all: output: 'x'\n"
    )
    for name in (VARIABLE, "PGPASSWORD", "REDCAP_API_TOKEN"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.setenv("HARMLESS", "kept")
    assert execute({**study, "output": "results"}, tmp_path, None, {}, ["--unlock"]) == 0
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert seen["HARMLESS"] == "kept"
    assert KEY not in seen.values()


def test_what_is_written_is_for_the_owner_and_the_group(tmp_path):
    code = (
        "import os; from pathlib import Path; from mesenluth.rights import keep_private; keep_private();"
        "Path('a').mkdir(); Path('a/b').write_text('x')"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        umask=0o022,
    )
    assert [(tmp_path / n).stat().st_mode & 0o777 for n in ("a", "a/b")] == [0o750, 0o640]


def test_rights_that_were_taken_already_are_not_given_back():
    before = os.umask(0o077)
    try:
        keep_private()
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)
