"""One archive for an audit of a release: what was asked, what was found, what it was made with, and a page to sign."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..tables.harmless import harmless
from .content import sha256
from .crate import CRATE
from .manifest_names import MANIFEST, RUN
from .place import Place
from .prov import PROV
from .release import SIGNATURE, STUDY, SUMS
from .verify import Fault

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
AGGREGATES = ("gate", "row_counts", "rule_counts")
PATIENTS = ("findings", "cohort", "eligibility", "record_changes")


def rows_as_csv(rows: Sequence[Mapping[str, Any]], columns: Iterable[str] = ()) -> str:
    """Return rows as CSV with a header; text that a spreadsheet would run as a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns) or list(rows[0]) if rows else list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: harmless(v) if isinstance(v, str) else v for k, v in row.items()} for row in rows)
    return out.getvalue()


def findings(place: Place) -> str:
    """Return how often each rule was broken and what became of the rows: no patient, no record."""
    names = ("table", "rule", "severity", "disposition")
    counted = Counter(tuple(r[n] for n in names) for r in place.rows("findings", columns=names))
    rows = [{**dict(zip(names, key, strict=True)), "findings": n} for key, n in sorted(counted.items())]
    return rows_as_csv(rows, (*names, "findings"))


def exclusions(place: Place) -> str:
    """Return how many patients each criterion excluded, and why."""
    counted = Counter((r["excluded_by"], r["excluded_because"]) for r in place.rows("cohort") if not r["included"])
    order = [c["id"] for c in place.settings["population"]["eligibility"]]
    rows = [
        {"criterion": by, "because": because, "patients": n}
        for (by, because), n in sorted(counted.items(), key=lambda i: (order.index(i[0][0]), i[0][1]))
    ]
    return rows_as_csv(rows, ("criterion", "because", "patients"))


def sign_off(place: Place, folder: Path, faults: Sequence[Fault]) -> str:
    """Return the page to sign: what is signed for, the gate, the verification, and room for names."""
    manifest = place.manifest
    gate, cut = manifest["gate"], manifest["cut"]
    lines = [
        f"# Sign-off: {manifest['study']['title']['en']}",
        "",
        manifest["study"]["notice"]["en"],
        "",
        f"- Release: {folder.name}, of the data cut {cut['name']} ({cut['date']})",
        f"- SHA-256 of {MANIFEST}: `{sha256(folder / MANIFEST)}`",
        f"- SHA-256 of the registered cut's content: `{cut['content']}`",
        f"- Release before: {manifest['previous']['release'] if manifest['previous'] else 'none'}",
        f"- Package {manifest['package']}, environment lock `{manifest['environment']['sha256']}`",
        f"- Artifacts: {len(manifest['artifacts'])}, made by {len(manifest['jobs'])} jobs",
        f"- Verification when this page was written: {'intact' if not faults else f'{len(faults)} faults'}",
        *(f"  - {fault}" for fault in faults),
        f"- Data quality gate: {'passed' if gate['passed'] else 'conditions do not hold'}",
    ]
    for broken in gate["broken"]:
        by, because = broken["released_by"], broken["released_because"]
        lines.append(f"  - {broken['message']}: {f'{by} answers for it, {because}' if by else 'nobody answers for it'}")
    lines += ["", "| role | name | meaning of the signature | date | signature |", "|---|---|---|---|---|"]
    lines += [f"| {role} | | {meaning} | | |" for role, meaning in ROLES]
    return "\n".join(lines) + "\n"


ROLES = (
    ("data manager", "the cut is the delivery that was agreed on"),
    ("statistician", "definitions and methods are those of the plan"),
    ("quality assurance", "the release was verified and its findings were reviewed"),
)
README = """# Audit dossier

| | |
|---|---|
| `sign_off.md` | what is signed for, and room for signatures |
| `manifest.json`, `run.json` | content and circumstances of the release |
| `SHA256SUMS` | hash of every file of the release; `SHA256SUMS.sig` where it was signed |
| `lineage/ro-crate-metadata.json` | the release as a Workflow Run RO-Crate; its files lie in the release |
| `lineage/prov.json` | its lineage as W3C PROV |
| `definitions/study.json` | every definition and parameter, resolved |
| `environment/study.lock` | the pinned libraries |
| `quality/findings.csv` | how often each rule was broken, and what became of the rows |
| `quality/gate.csv` | the gate's conditions |
| `quality/row_counts.csv`, `rule_counts.csv` | rows accepted and quarantined; how often each rule was applied |
| `exclusions.csv` | how many patients each criterion excluded |
"""


def contents(place: Place, folder: Path, faults: Sequence[Fault], patients: bool) -> dict[str, bytes]:
    """Return the files of a dossier, by name.

    Parameters
    ----------
    place : Place
        The release.
    folder : path
        Its folder.
    faults : sequence of Fault
        What its verification found.
    patients : bool
        Whether findings, cohort and changes of records are added patient by patient.
    """
    note = (
        "| `patients/` | findings, cohort and changed records, patient by patient: as confidential as the registry |\n"
    )
    out: dict[str, bytes] = {
        "README.md": (README + (note if patients else "\nNothing in it is about a single patient.\n")).encode(),
        "sign_off.md": sign_off(place, folder, faults).encode(),
        "definitions/study.json": (folder / STUDY).read_bytes(),
        "environment/study.lock": (place.project / place.manifest["environment"]["lock"]).read_bytes(),
        "quality/findings.csv": findings(place).encode(),
        "exclusions.csv": exclusions(place).encode(),
    }
    for name in (MANIFEST, RUN, SUMS, SIGNATURE):
        if (folder / name).is_file():
            out[name] = (folder / name).read_bytes()
    for name in (CRATE, PROV):
        if (folder / name).is_file():
            out[f"lineage/{name}"] = (folder / name).read_bytes()
    for name in AGGREGATES:
        out[f"quality/{name}.csv"] = rows_as_csv(place.rows(name)).encode()
    if patients:
        for name in PATIENTS:
            out[f"patients/{name}.csv"] = rows_as_csv(place.rows(name)).encode()
    return dict(sorted(out.items()))


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return files as one ZIP archive; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, FIRST_DAY)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, content)
    return out.getvalue()
