"""REDCap's API against a local server that speaks its documented protocol: the same tables as an export gives."""

import pytest
import yaml

from mesenluth.errors import ConfigurationError, SourceError
from mesenluth.registry import redcap_api
from mesenluth.registry.source import read
from unit.registry.redcap_server import Redcap
from unit.registry.test_registry_redcap import DICTIONARY, MAPPING, RAW

TOKEN = "0123456789ABCDEF0123456789ABCDEF"


@pytest.fixture
def server():
    started = Redcap(DICTIONARY, RAW, TOKEN)
    yield started
    started.stop()


@pytest.fixture
def study(server, tmp_path, monkeypatch):
    monkeypatch.setenv("MESENLUTH_PSEUDONYM_KEY", "a secret of the registry's data manager")
    monkeypatch.setenv("REDCAP_API_TOKEN", TOKEN)
    (tmp_path / "map.yaml").write_text(yaml.safe_dump(MAPPING))
    pseudonyms = {"method": "hmac-sha256", "key_env": "MESENLUTH_PSEUDONYM_KEY"}
    source = {"kind": "redcap_api", "url": server.url, "mapping": "map.yaml", "pseudonyms": pseudonyms}
    return {"study": {"id": "redcap", "data": "registry"}, "source": source}


@pytest.mark.parametrize("portion", [1, 2, 1000])
def test_the_project_gives_what_its_export_gives(study, tmp_path, server, monkeypatch, portion):
    monkeypatch.setattr(redcap_api, "RECORDS", portion)
    found = read(study, tmp_path)
    (tmp_path / "export.csv").write_text(RAW)
    (tmp_path / "dictionary.csv").write_text(DICTIONARY)
    files = {"kind": "redcap", "path": "export.csv", "dictionary": "dictionary.csv"}
    expected = read({**study, "source": {**study["source"], **files}}, tmp_path)
    assert set(found.tables) == set(expected.tables)
    for name, table in expected.tables.items():
        assert found.tables[name].fillna("").to_dict("records") == table.fillna("").to_dict("records")
    asked = [a for a in server.asked if a["content"] == "record" and "records[0]" in a]
    assert len(asked) == -(-3 // portion)
    assert all(a["format"] == "csv" and a["exportDataAccessGroups"].lower() == "true" for a in asked)


@pytest.mark.parametrize("token", [None, "short"])
def test_a_token_that_is_none_is_refused_and_not_shown(study, tmp_path, monkeypatch, token):
    monkeypatch.delenv("REDCAP_API_TOKEN")
    if token:
        monkeypatch.setenv("REDCAP_API_TOKEN", token)
    with pytest.raises(ConfigurationError, match="REDCAP_API_TOKEN") as refused:
        read(study, tmp_path)
    assert not token or token not in str(refused.value).replace("5 characters", "")


def test_a_token_without_rights_is_named_and_not_shown(study, tmp_path, monkeypatch):
    monkeypatch.setenv("REDCAP_API_TOKEN", TOKEN[::-1])
    with pytest.raises(SourceError, match="You do not have permissions to use the API") as refused:
        read(study, tmp_path)
    assert TOKEN[::-1] not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "says"),
    [("https://example.org/redcap", "ending in /api/"), ("http://example.org/api/", "https")],
)
def test_an_address_that_is_none_is_refused(study, tmp_path, url, says):
    study["source"]["url"] = url
    with pytest.raises(ConfigurationError, match=says):
        read(study, tmp_path)


def test_a_server_that_does_not_answer_is_named(study, tmp_path, server):
    server.stop()
    with pytest.raises(SourceError, match=r"REDCap project at http://127.0.0.1"):
        read(study, tmp_path)


def test_an_answer_that_is_no_project_is_named(study, tmp_path, server, monkeypatch):
    monkeypatch.setattr(server, "answer", lambda form: (200, "<html>,down\nfor,maintenance\n"))
    with pytest.raises(SourceError, match="no data dictionary of REDCap"):
        read(study, tmp_path)
