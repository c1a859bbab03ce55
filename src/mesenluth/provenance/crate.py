"""A release as a Workflow Run RO-Crate, at the Provenance Run profile: a function of its manifest and its run.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from .manifest_names import MANIFEST, RESULTS, RUN

CRATE = "ro-crate-metadata.json"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/provenance/0.5": ("Provenance Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
WORKFLOW = "project/Snakefile"
USAGE = "https://w3id.org/ro/terms/workflow-run#resourceUsage"
MEASURES = {
    "seconds": ("wall time", "http://qudt.org/vocab/unit/SEC"),
    "cpu_seconds": ("CPU time", "http://qudt.org/vocab/unit/SEC"),
    "memory_mb": ("largest resident memory", "http://qudt.org/vocab/unit/MegaBYTE"),
}
MEDIA = {
    "csv": "text/csv", "css": "text/css", "html": "text/html", "md": "text/markdown",
    "tsv": "text/tab-separated-values",
    "json": "application/json", "ndjson": "application/x-ndjson", "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf", "xml": "application/xml", "yaml": "application/yaml", "zip": "application/zip",
    "png": "image/png", "svg": "image/svg+xml", "xpt": "application/x-sas-xport",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
"""Media types by ending; every other file is text."""

Entity = dict[str, Any]


def released(path: str) -> str:
    """Return where a file that the manifest names lies in the release."""
    return path if path.startswith(RESULTS) else f"project/{path}"


def read_by(job: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[str]:
    """Return the files of the release that a job read; a folder counts as what lies in it."""
    found: list[str] = []
    for path in job["inputs"]:
        known = manifest["artifacts"] if path.startswith(RESULTS) else manifest["inputs"]
        inside = [path] if path in known else [p for p in known if p.startswith(f"{path}/")]
        found += [released(p) for p in inside]
    return sorted(set(found))


def _ref(name: str) -> Entity:
    return {"@id": name}


def _refs(names: Iterable[str]) -> list[Entity]:
    return [{"@id": n} for n in names]


def _file(path: str, about: Mapping[str, Any] | None = None, kinds: Iterable[str] = ()) -> Entity:
    more = list(kinds)
    entity: Entity = {"@id": quote(path), "@type": ["File", *more] if more else "File", "name": path}
    entity["encodingFormat"] = MEDIA.get(path.rpartition(".")[2], "text/plain")
    if about:
        entity["sha256"] = about["sha256"]
        if "bytes" in about:
            entity["contentSize"] = str(about["bytes"])
        if "rows" in about:
            entity["description"] = f"Table {about['table']}, {about['rows']} rows, rows' SHA-256 {about['logical']}"
    return entity


def _parameter(name: str, kind: str, about: str) -> Entity:
    return {
        "@id": f"#parameter/{name}", "@type": "FormalParameter", "name": name, "additionalType": kind,
        "description": about, "conformsTo": _ref("https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"),
    }  # fmt: skip


def crate(manifest: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the RO-Crate metadata of a release, as JSON-LD values.

    Parameters
    ----------
    manifest, run : mapping
        manifest.json and run.json of the release.
    """
    study, cut, jobs = manifest["study"], manifest["cut"], manifest["jobs"]
    artifacts = [_file(p, a) for p, a in manifest["artifacts"].items()]
    inputs = [_file(released(p), a) for p, a in manifest["inputs"].items()]
    records = [_file(released(p)) for p in manifest["records"]]
    records[0]["exampleOfWork"] = _ref("#parameter/cut")
    lock = manifest["environment"]
    own = [
        {**_file("project/study.json"), "exampleOfWork": _ref("#parameter/study")},
        _file(f"project/{lock['lock']}", {"sha256": lock["sha256"]}),
        {**_file(MANIFEST, {"sha256": run["manifest"]}), "description": "What each artifact is and what made it."},
        {**_file(RUN), "description": "Clock, host, user, commit, times and memory of each job."},
    ]
    tools = _tools(manifest)
    workflow = _workflow(manifest, tools)
    actions = [a for name in jobs for a in _job(name, manifest, run)]
    measured = [(n, key, run["jobs"][n][key]) for n in jobs for key in MEASURES if key in run["jobs"][n]]
    data = sorted([*artifacts, *inputs, *records, *own, *tools, workflow], key=lambda e: e["@id"])
    began, ended = (sorted(j[key] for j in run["jobs"].values()) for key in ("began", "ended"))
    whole: Entity = {
        "@id": "#run", "@type": "CreateAction", "name": f"Run of {study['id']}, data cut {cut['name']}",
        "description": f"{len(jobs)} jobs made {len(artifacts)} artifacts.",
        "instrument": _ref(WORKFLOW), "agent": _ref("#operator"),
        "object": _refs(e["@id"] for e in sorted([*inputs, *records, own[0]], key=lambda e: e["@id"])),
        "result": [*_refs(e["@id"] for e in sorted(artifacts, key=lambda e: e["@id"])), _ref("results/")],
        "startTime": began[0], "endTime": ended[-1], "actionStatus": "http://schema.org/CompletedActionStatus",
    }  # fmt: skip
    version = lock["pinned"].get("snakemake")
    engine = f"https://pypi.org/project/snakemake/{version}/" if version else "https://pypi.org/project/snakemake/"
    organized: Entity = {
        "@id": "#organized", "@type": "OrganizeAction", "name": "Execution of the workflow",
        "description": "Snakemake planned the jobs and ran them.", "agent": _ref("#operator"),
        "instrument": _ref(engine), "object": _refs(f"#step/{quote(n)}" for n in jobs), "result": _ref("#run"),
        "startTime": began[0], "endTime": ended[-1],
    }  # fmt: skip
    root: Entity = {
        "@id": "./", "@type": "Dataset", "name": f"{study['title']['en']}: data cut {cut['name']}",
        "description": study["notice"]["en"], "datePublished": run["recorded"], "license": _ref("#rights"),
        "conformsTo": _refs(PROFILES), "mainEntity": _ref(WORKFLOW), "author": _ref("#operator"),
        "hasPart": _refs([*(e["@id"] for e in data), "results/", "project/", "logs/"]),
        "mentions": _refs(["#run", "#organized", *(f"#job/{quote(n)}" for n in jobs)]),
    }  # fmt: skip
    commit = run.get("commit")
    graph: list[Entity] = [
        {
            "@id": CRATE, "@type": "CreativeWork", "about": _ref("./"),
            "conformsTo": _refs([SPECIFICATION, "https://w3id.org/workflowhub/workflow-ro-crate/1.0"]),
        },
        root,
        {
            "@id": "results/", "@type": "Dataset", "name": "results", "description": "The artifacts.",
            "exampleOfWork": _ref("#parameter/artifacts"),
        },
        {
            "@id": "project/", "@type": "Dataset", "name": "project",
            "description": "Programs, package, rules, lock, study file and registered cut"
            + (f", of git commit {commit}{'' if run['clean'] else ' with changes'}." if commit else "."),
        },
        {"@id": "logs/", "@type": "Dataset", "name": "logs", "description": "Log and benchmark of each job."},
        *data,
        whole,
        organized,
        *sorted(actions, key=lambda e: e["@id"]),
        *(_usage(*m) for m in measured),
        *_parameters(manifest),
        *({"@id": k, "@type": "CreativeWork", "name": n, "version": v} for k, (n, v) in PROFILES.items()),
        {
            "@id": engine, "@type": "SoftwareApplication", "name": "Snakemake", "url": "https://snakemake.github.io",
            "softwareVersion": version or "unknown",
        },
        {
            "@id": "https://w3id.org/workflowhub/workflow-ro-crate#snakemake", "@type": "ComputerLanguage",
            "name": "Snakemake", "identifier": _ref("https://doi.org/10.1093/bioinformatics/bts480"),
            "url": _ref("https://snakemake.github.io"),
        },
        {"@id": "#operator", "@type": "Person", "name": run.get("user") or "unknown"},
        {
            "@id": "#rights", "@type": "CreativeWork", "name": "Rights",
            "description": "Data of a registry, under pseudonyms: what its holder allows. Programs: Apache-2.0.",
        },
    ]  # fmt: skip
    # One value stands for itself, as the specification recommends; the graph alone is always a list.
    graph = [{k: v[0] if isinstance(v, list) and len(v) == 1 else v for k, v in e.items() if v != []} for e in graph]
    context = [f"{SPECIFICATION}/context", "https://w3id.org/ro/terms/workflow-run/context", {"resourceUsage": USAGE}]
    return {"@context": context, "@graph": graph}


def _tools(manifest: Mapping[str, Any]) -> list[Entity]:
    """Return the programs, each with the hash of its code that its jobs carry."""
    codes = {job["script"]: job["code"] for job in manifest["jobs"].values()}
    found = []
    for script, code in sorted(codes.items()):
        about = {"sha256": manifest["code"][script]}
        tool = _file(f"project/{script}", about, ("SoftwareSourceCode",))
        modules = len(manifest["scripts"][script]) - 1
        found.append(
            {**tool, "version": code, "description": f"A program; with it run {modules} files of the package."}
        )
    return found


def _workflow(manifest: Mapping[str, Any], tools: list[Entity]) -> Entity:
    about = {"sha256": manifest["code"]["Snakefile"]}
    rules = sorted({job["rule"] for job in manifest["jobs"].values()})
    return {
        **_file(WORKFLOW, about, ("SoftwareSourceCode", "ComputationalWorkflow", "HowTo")),
        "name": "mesenluth", "conformsTo": _ref("https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"),
        "version": manifest["package"],
        "description": "From an oncology registry to responses, endpoints, figures and a report.",
        "programmingLanguage": _ref("https://w3id.org/workflowhub/workflow-ro-crate#snakemake"),
        "hasPart": _refs(t["@id"] for t in tools), "step": _refs(f"#rule/{r}" for r in rules),
        "input": _refs(["#parameter/study", "#parameter/cut"]), "output": _ref("#parameter/artifacts"),
    }  # fmt: skip


def _usage_id(name: str, key: str) -> str:
    return f"#usage/{quote(name)}/{key}"


def _usage(name: str, key: str, value: float) -> Entity:
    called, unit = MEASURES[key]
    return {
        "@id": _usage_id(name, key), "@type": "PropertyValue", "name": called, "value": str(value),
        "propertyID": f"https://w3id.org/ro/terms/workflow-run#{key}", "unitCode": unit,
    }  # fmt: skip


def _job(name: str, manifest: Mapping[str, Any], run: Mapping[str, Any]) -> list[Entity]:
    """Return the action of a job, and the one by which the engine started it."""
    job, times = manifest["jobs"][name], run["jobs"][name]
    told = [f"#settings/{job['parameters']}"] if manifest["parameters"].get(job["parameters"]) is not None else []
    action: Entity = {
        "@id": f"#job/{quote(name)}", "@type": "CreateAction", "name": name,
        "description": f"Job of rule {job['rule']}; code {job['code']}, environment {job['environment']}",
        "instrument": _ref(quote(f"project/{job['script']}")), "agent": _ref("#operator"),
        "object": _refs([*map(quote, read_by(job, manifest)), *told]),
        "result": _refs(map(quote, map(released, job["outputs"]))),
        "startTime": times["began"], "endTime": times["ended"],
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }  # fmt: skip
    action["resourceUsage"] = _refs(_usage_id(name, key) for key in MEASURES if key in times)
    started: Entity = {
        "@id": f"#step/{quote(name)}", "@type": "ControlAction", "name": f"start of {name}",
        "instrument": _ref(f"#rule/{job['rule']}"), "object": _ref(action["@id"]),
    }  # fmt: skip
    return [action, started]


def _parameters(manifest: Mapping[str, Any]) -> list[Entity]:
    """Return rules, formal parameters, and what the jobs were told."""
    rules = {job["rule"]: job["script"] for job in manifest["jobs"].values()}
    steps = [
        {"@id": f"#rule/{r}", "@type": "HowToStep", "name": r, "workExample": _ref(quote(f"project/{s}"))}
        for r, s in sorted(rules.items())
    ]
    told = [
        {
            "@id": f"#settings/{key}", "@type": "PropertyValue", "name": "settings",
            "value": json.dumps(plain, sort_keys=True, ensure_ascii=False),
        }
        for key, plain in sorted(manifest["parameters"].items())
        if plain is not None
    ]  # fmt: skip
    formal = [
        _parameter("study", "File", "The study file, resolved."),
        _parameter("cut", "File", "The record of the registered data cut."),
        _parameter("artifacts", "Dataset", "What the run made."),
    ]
    return [*steps, *formal, *told]
