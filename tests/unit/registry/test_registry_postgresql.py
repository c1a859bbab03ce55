"""PostgreSQL as a source, against a real server: one snapshot, batches, a role that can only read."""

import os
import re
import tracemalloc

import pandas as pd
import psycopg
import pytest
import yaml

from mesenluth.errors import ConfigurationError, SourceError
from mesenluth.registry.postgresql import BATCH, Database
from mesenluth.registry.relation import Request
from mesenluth.registry.source import read
from unit.registry.postgres_server import Server, programs

pytestmark = pytest.mark.skipif(programs() is None, reason="no PostgreSQL server is installed")

SCHEMA = """
CREATE SCHEMA registry;
CREATE TABLE registry.patient (
    patient_no integer PRIMARY KEY, name text, centre text, sex smallint, date_of_birth date, ki67 numeric(5, 2));
CREATE TABLE registry.scan (scan_no bigint PRIMARY KEY, patient_no integer, taken timestamptz, "Slice (mm)" double precision);
INSERT INTO registry.patient VALUES (1, 'PLANTED', 'FR01', 2, '1950-03-05', 12.50), (2, 'PLANTED', NULL, 1, '1948-11-30', NULL);
INSERT INTO registry.scan VALUES (7, 1, '2020-02-01 23:30:00+00', 0.1), (8, 2, '2020-02-02 01:00:00+00', 2.5);
CREATE VIEW registry.many AS SELECT i AS no, md5(i::text) AS text FROM generate_series(1, 200000) AS i;
"""

MAPPING = {
    "registry": "a database",
    "tables": {
        "patients": {
            "from": "patient",
            "key": "patient_no",
            "columns": {
                "patient_id": {"source": "patient_no", "pseudonym": "patient"},
                "centre": "centre",
                "sex": {"source": "sex", "codes": {"1": "M", "2": "F"}},
                "birth_year": {"source": "date_of_birth", "keep": "year"},
            },
        },
        "scans": {
            "from": "scan",
            "key": "scan_no",
            "columns": {
                "scan_id": "scan_no",
                "patient_id": {"source": "patient_no", "pseudonym": "patient"},
                "scan_date": {"source": "taken", "formats": ["%Y-%m-%d %H:%M:%S+00"]},
                "modality": {"constant": "CT"},
                "slice_thickness_mm": "Slice (mm)",
            },
        },
    },
}


@pytest.fixture(scope="module")
def server(root_of_docs):
    """A server with a registry, and the role that the documentation grants."""
    started = Server()
    try:
        with psycopg.connect(**connection(started)) as owner:
            owner.execute(SCHEMA)
            owner.execute(root_of_docs)
            owner.execute("GRANT SELECT ON registry.many TO mesenluth")
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def root_of_docs():
    """The grants as the documentation has them."""
    from places import ROOT

    return re.search(r"```sql\n(.*?)```", (ROOT / "docs" / "sources.md").read_text(), re.DOTALL)[1]


def connection(server, **role):
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    return {names[k]: v for k, v in server.environment(**role).items()}


@pytest.fixture
def reader(server, monkeypatch):
    """The environment of the role that reads."""
    for name in [n for n in os.environ if n.startswith("PG")]:
        monkeypatch.delenv(name)
    for name, value in server.environment("mesenluth", "a long secret").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MESENLUTH_PSEUDONYM_KEY", "a secret of the registry's data manager")
    return server


@pytest.fixture
def study(tmp_path):
    def make(mapping=MAPPING):
        (tmp_path / "map.yaml").write_text(yaml.safe_dump(mapping))
        pseudonyms = {"method": "hmac-sha256", "key_env": "MESENLUTH_PSEUDONYM_KEY"}
        source = {"kind": "postgresql", "schema": "registry", "mapping": "map.yaml", "pseudonyms": pseudonyms}
        return {"study": {"id": "pg", "data": "registry"}, "source": source}, tmp_path

    return make


def test_rows_come_as_text_whatever_the_server_is_set_to(reader, study):
    delivery = read(*study())
    patients = delivery.tables["patients"].sort_values("sex", ascending=False)
    assert patients["sex"].tolist() == ["2", "1"]
    assert patients["birth_year"].tolist() == ["1950", "1948"]  # the server's date style is SQL, DMY
    scans = delivery.tables["scans"].sort_values("scan_id")
    assert scans["scan_id"].tolist() == ["7", "8"]
    assert scans["slice_thickness_mm"].tolist() == ["0.1", "2.5"]
    assert scans["scan_date"].tolist() == ["2020-02-01 23:30:00+00", "2020-02-02 01:00:00+00"]  # its zone is Paris
    assert patients["centre"].isna().tolist() == [False, True]
    assert scans["patient_id"].tolist() != ["1", "2"]
    assert any("one snapshot" in n for n in delivery.notes)
    assert not any("may also write" in n for n in delivery.notes)


def test_what_is_not_granted_does_not_exist(reader, study):
    delivery = read(*study())
    assert "PLANTED" not in " ".join(t.to_csv() for t in delivery.tables.values())
    assert "name" not in " ".join(delivery.notes)
    mapping = yaml.safe_load(yaml.safe_dump(MAPPING))
    mapping["tables"]["patients"]["columns"]["grade"] = "name"
    with pytest.raises(SourceError, match="table 'patient' has no column name"):
        read(*study(mapping))


def test_the_documented_role_can_write_nothing(reader):
    with psycopg.connect("") as role:
        role.execute("SET default_transaction_read_only = off")
        role.commit()
        for statement in (
            "INSERT INTO registry.scan VALUES (9, 1, now(), 1)",
            "UPDATE registry.patient SET centre = 'x'",
            "CREATE TABLE registry.mine (a int)",
            "SELECT name FROM registry.patient",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                role.execute(statement)
            role.rollback()


def test_all_is_read_at_one_moment_and_read_only(reader):
    base = Database("registry")
    try:
        before = pd.concat(base.batches(Request("scan", ("scan_no",))))["scan_no"].tolist()
        with psycopg.connect(**connection(reader)) as owner:
            owner.execute("INSERT INTO registry.scan VALUES (9, 1, now(), 1)")
        try:
            assert pd.concat(base.batches(Request("scan", ("scan_no",))))["scan_no"].tolist() == before
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                base._connection.execute("CREATE TEMP TABLE t (a int)")
        finally:
            with psycopg.connect(**connection(reader)) as owner:
                owner.execute("DELETE FROM registry.scan WHERE scan_no = 9")
    finally:
        base.close()


def test_memory_does_not_grow_with_the_rows(reader):
    base = Database("registry")
    peaks = []
    try:
        tracemalloc.start()
        rows = 0
        for batch in base.batches(Request("many", ("no", "text"))):
            assert len(batch) <= BATCH
            rows += len(batch)
            peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
        base.close()
    assert rows == 200_000
    assert len(peaks) == 4
    assert peaks[-1] < 1.3 * peaks[1]


def test_a_role_that_could_write_is_told(reader, study, monkeypatch):
    for name, value in reader.environment().items():
        monkeypatch.setenv(name, value)
    assert any("may also write (patient, scan)" in n for n in read(*study()).notes)


def test_no_place_in_the_environment_is_refused(reader, study, monkeypatch):
    monkeypatch.delenv("PGDATABASE")
    with pytest.raises(ConfigurationError, match="PGDATABASE: not set"):
        read(*study())


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"PGPASSWORD": "a wrong secret"}, "password authentication failed"),
        ({"PGPORT": "1"}, "cannot be read"),
        ({"PGDATABASE": "nowhere"}, "nowhere"),
    ],
)
def test_a_server_that_does_not_answer_is_named_and_no_secret_is(reader, study, monkeypatch, variables, says):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SourceError, match=says) as refused:
        read(*study())
    assert "secret" not in str(refused.value)


def test_a_password_file_serves_as_well(reader, study, monkeypatch, tmp_path):
    place = tmp_path / "pgpass"
    place.write_text(f"127.0.0.1:{os.environ['PGPORT']}:postgres:mesenluth:{os.environ['PGPASSWORD']}\n")
    place.chmod(0o600)
    monkeypatch.delenv("PGPASSWORD")
    monkeypatch.setenv("PGPASSFILE", str(place))
    assert len(read(*study()).tables["scans"]) == 2


def test_a_connection_that_breaks_off_is_an_error_not_an_end(reader):
    base = Database("registry")
    try:
        batches = base.batches(Request("many", ("no", "text")))
        next(batches)
        with psycopg.connect(**connection(reader)) as owner:
            owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mesenluth'")
        with pytest.raises(SourceError, match="cannot be read"):
            for _ in batches:
                pass
    finally:
        base.close()
