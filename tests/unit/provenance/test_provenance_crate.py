"""Crate and PROV of a release are what public programs take them for, and say what the manifest says."""

import json
from pathlib import Path

import pytest
import requests
from prov.model import ProvActivity, ProvDocument, ProvEntity, ProvGeneration, ProvUsage
from requests_cache import CachedRequest, CachedResponse, CachedSession
from rocrate.rocrate import ROCrate
from rocrate_validator.models import Severity
from rocrate_validator.services import ValidationSettings, validate

from mesenluth.provenance.content import sha256
from mesenluth.provenance.prov import PROV
from mesenluth.provenance.release import told_of

CONTEXTS = Path(__file__).parents[2] / "data" / "ro_crate_contexts.json"
"""The terms that a crate uses, with their addresses, as the two published contexts define them: no network in a test."""


@pytest.fixture(scope="session")
def contexts(tmp_path_factory) -> Path:
    """The validator's store of web pages, with the contexts in it."""
    path = tmp_path_factory.mktemp("contexts") / "store"
    session = CachedSession(str(path))
    for url, context in json.loads(CONTEXTS.read_text()).items():
        page = CachedResponse(status_code=200, url=url, headers={"Content-Type": "application/ld+json"})
        page._content = json.dumps(context).encode()
        page.request = CachedRequest(method="GET", url=url, headers={})
        session.cache.save_response(page, cache_key=session.cache.create_key(requests.Request("GET", url).prepare()))
    session.close()
    return path


def issues(folder, contexts):
    settings = ValidationSettings(
        rocrate_uri=str(folder), profile_identifier="provenance-run-crate", requirement_severity=Severity.REQUIRED,
        offline=True, cache_path=contexts, abort_on_first=False,
    )  # fmt: skip
    return [f"{i.check.name}: {i.message}" for i in validate(settings).get_issues()]


@pytest.mark.filterwarnings("ignore")  # of the validator's own libraries
def test_a_public_validator_takes_a_release_for_a_provenance_run_crate(released, contexts):
    assert issues(released, contexts) == []


def test_the_crate_is_read_back_and_says_what_made_each_file(released):
    crate = ROCrate(released)
    manifest = json.loads((released / "manifest.json").read_text())
    assert crate.mainEntity.id == "project/Snakefile"
    for path, record in manifest["artifacts"].items():
        entity = crate.dereference(path)
        assert entity["sha256"] == record["sha256"] == sha256(released / path)
        [made] = [a for a in crate.get_by_type("CreateAction") if a.id != "#run" and entity in listed(a["result"])]
        assert made.id == f"#job/{record['job']}"
        assert made["instrument"].id == f"project/{manifest['jobs'][record['job']]['script']}"
    count = crate.dereference("#job/count")
    assert count["startTime"] == "2023-11-14T22:13:20+00:00"
    assert {u["name"]: u["value"] for u in count["resourceUsage"]} == {
        "wall time": "1.5", "CPU time": "1.1", "largest resident memory": "120.25",
    }  # fmt: skip
    told = [o for o in listed(count["object"]) if o.type == "PropertyValue"]
    assert [json.loads(t["value"]) for t in told] == [{"statistics": {"level": 0.95}}]


def test_every_file_that_the_crate_names_is_there(released):
    crate = ROCrate(released)
    for entity in crate.data_entities:
        assert (released / entity.id).exists(), entity.id


def test_prov_is_read_back_with_its_lineage(released):
    document = ProvDocument.deserialize(str(released / PROV), format="json")
    assert {str(a.identifier) for a in document.get_records(ProvActivity)} == {"job:count", "job:page"}
    entities = {str(e.identifier): e for e in document.get_records(ProvEntity)}
    assert "release:results/endpoints/counted.parquet" in entities
    made = {(str(r.args[0]), str(r.args[1])) for r in document.get_records(ProvGeneration)}
    assert ("release:results/figures/a.svg", "job:page") in made
    used = {(str(r.args[0]), str(r.args[1])) for r in document.get_records(ProvUsage)}
    assert ("job:page", "release:results/endpoints/counted.parquet") in used
    # Whatever is used or made is described.
    assert {e for e, _ in made} | {e for _, e in used} <= entities.keys()
    assert "document" in document.get_provn()


def test_crate_and_prov_name_neither_host_nor_path(released):
    manifest, run = (json.loads((released / f"{name}.json").read_text()) for name in ("manifest", "run"))
    for name, text in told_of(manifest, {**run, "host": "host-of-the-hospital"}).items():
        assert text == (released / name).read_bytes()
        assert b"host-of-the-hospital" not in text
        assert str(released.parents[2]).encode() not in text


def listed(value):
    return value if isinstance(value, list) else [value]
