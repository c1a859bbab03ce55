"""The lineage of a release as W3C PROV, in PROV-JSON: a function of its manifest and its run.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .crate import read_by, released

PROV = "prov.json"


def prov(manifest: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
    """Return files (entities), jobs (activities) and who ran them (agents), with their relations, as PROV-JSON values.

    Parameters
    ----------
    manifest, run : mapping
        manifest.json and run.json of the release.
    """
    jobs = manifest["jobs"]
    files = {**manifest["artifacts"], **manifest["inputs"]}
    entities: dict[str, Any] = {f"release:{released(p)}": _entity(about) for p, about in files.items()}
    for script in {job["script"] for job in jobs.values()}:
        plan = {"sha256": manifest["code"][script]}
        entities[f"release:project/{script}"] = {"prov:type": _name("prov:Plan"), **_entity(plan)}
    activities = {
        f"job:{name}": {
            "prov:startTime": run["jobs"][name]["began"],
            "prov:endTime": run["jobs"][name]["ended"],
            "mesenluth:rule": job["rule"],
            "mesenluth:code": job["code"],
            "mesenluth:environment": job["environment"],
            "mesenluth:parameters": job["parameters"],
        }
        for name, job in jobs.items()
    }
    relations: dict[str, dict[str, Any]] = {"used": {}, "wasGeneratedBy": {}, "wasAssociatedWith": {}}
    for kind, relation in _relations(manifest):
        relations[kind][f"_:{kind}{len(relations[kind]) + 1}"] = relation
    agents = {
        "release:operator": {"prov:type": _name("prov:Person"), "prov:label": run.get("user") or "unknown"},
        "release:mesenluth": {"prov:type": _name("prov:SoftwareAgent"), "prov:label": f"mesenluth {run['package']}"},
    }
    behalf = {"_:behalf": {"prov:delegate": "release:mesenluth", "prov:responsible": "release:operator"}}
    prefix = {
        "release": f"urn:mesenluth:release:{run['manifest']}/",
        "job": f"urn:mesenluth:release:{run['manifest']}/job/",
        "mesenluth": "urn:mesenluth:terms/",
    }
    whole = {"entity": entities, "activity": activities, "agent": agents, "actedOnBehalfOf": behalf}
    return {"prefix": prefix, **whole, **{k: v for k, v in relations.items() if v}}


def _name(qualified: str) -> dict[str, str]:
    return {"$": qualified, "type": "prov:QUALIFIED_NAME"}


def _entity(about: Mapping[str, Any]) -> dict[str, Any]:
    words = {"sha256": "mesenluth:sha256", "logical": "mesenluth:rows_sha256", "table": "mesenluth:table"}
    return {word: about[key] for key, word in words.items() if key in about}


def _relations(manifest: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    for name, job in manifest["jobs"].items():
        activity = {"prov:activity": f"job:{name}"}
        for path in read_by(job, manifest):
            yield "used", {**activity, "prov:entity": f"release:{path}"}
        for path in job["outputs"]:
            yield "wasGeneratedBy", {"prov:entity": f"release:{released(path)}", **activity}
        plan = f"release:project/{job['script']}"
        yield "wasAssociatedWith", {**activity, "prov:agent": "release:mesenluth", "prov:plan": plan}
