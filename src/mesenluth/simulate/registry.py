"""Write the synthetic registry: a SQLite database as a registry keeps one, and the list of defects planted in it."""

from __future__ import annotations

import csv
import io
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..tables.io import atomic_write
from . import people as population
from . import plan
from .defects import COLUMNS, plant
from .records import records
from .source import SCHEMA, Texts
from .supplements import supplement
from .targets import settings as read_settings
from .targets import targets

VERSION = "2"
"""Of the generator: another version may make another registry of the same seed."""


def generate(study: Mapping[str, Any], path: str | Path) -> dict[str, Any]:
    """Write the synthetic registry of a study and the manifest of the defects planted in it.

    The same study gives the same bytes. Both files appear whole or not at all, the manifest first.

    Parameters
    ----------
    study : mapping
        The resolved study file. The published figures come out where its definitions are those the courses are drawn
        by: times from the first administration, death an event, censoring at the last adequate assessment before a new
        therapy.
    path : path
        Of the database, ``<name>.sqlite``; the manifest is ``<name>.defects.csv`` beside it.

    Returns
    -------
    dict
        path, manifest, seed, version; `rows` by source table; `included` (hospital numbers of the patients drawn to be
        included); `edges` (boundary met -> hospital numbers); `defects` (number of expected findings by rule).

    Raises
    ------
    ConfigurationError
        If the study's published figures or sizes cannot be drawn.
    """
    path = Path(path)
    wanted, settings = targets(study), read_settings(study)
    seed = int(study["source"]["seed"])
    # A stream of its own for each part: another defect does not make other patients.
    courses, persons, readings, spelling, faults, entries, further = (
        np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence(seed).spawn(7)
    )
    # What was added to the first version draws from streams beside these, so that what was there stays as it was.
    more, more_faults = (
        np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence([seed, 0x6D61726B]).spawn(2)
    )
    included = plan.eligible(courses, wanted, settings)
    treated = plan.others(courses, population.share_treated(settings, wanted), settings)
    people = population.people(persons, included, treated, settings)
    population.register(entries, people)
    made = records(readings, people, wanted, settings)
    supplement(more, made)
    texts, manifest = plant(faults, spelling, more_faults, further, made, study["source"]["defects"])
    beside = path.with_name(path.name.removesuffix(".sqlite") + ".defects.csv")
    atomic_write(beside, _csv(manifest))
    about = {
        "nature": "registre synthétique : aucun patient réel",
        "graine": str(seed),
        "version_generateur": VERSION,
        "etude": str(study["study"]["id"]),
        "patients": str(settings.patients),
        "gel": settings.cut.isoformat(),
        "calibration": "origine : première cure ; décès : événement ; nouveau traitement : censure",
    }
    _write(path, texts, about)
    by_rule: dict[str, int] = {}
    for row in manifest:
        by_rule[row["rule"]] = by_rule.get(row["rule"], 0) + 1
    return {
        "path": str(path),
        "manifest": str(beside),
        "seed": seed,
        "version": VERSION,
        "rows": {SCHEMA[t][0]: len(rows) for t, rows in texts.rows.items()},
        "included": sorted(p.dossier for p in people if p.group == "eligible"),
        "edges": {e: sorted(d) for e, d in sorted(made.edges.items())},
        "defects": dict(sorted(by_rule.items())),
    }


def _csv(manifest: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(manifest)
    return out.getvalue().encode()


def _write(path: Path, texts: Texts, about: Mapping[str, str]) -> None:
    """Write the database beside its place and rename it: rows in the order of their keys, fixed page settings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    beside.unlink(missing_ok=True)
    try:
        connection = sqlite3.connect(beside, isolation_level=None)
        try:
            for pragma in (
                "page_size=4096",
                "encoding='UTF-8'",
                "auto_vacuum=NONE",
                "journal_mode=OFF",
                "synchronous=OFF",
            ):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("BEGIN")
            connection.execute("CREATE TABLE registre_info (cle TEXT PRIMARY KEY, valeur TEXT NOT NULL) WITHOUT ROWID")
            connection.executemany("INSERT INTO registre_info VALUES (?, ?)", sorted(about.items()))
            for table, (name, key, columns) in SCHEMA.items():
                connection.execute(
                    f"CREATE TABLE {name} ({key} INTEGER PRIMARY KEY, {', '.join(f'{c} TEXT' for c in columns)})"
                )
                marks = ", ".join("?" * (len(columns) + 1))
                rows = sorted(texts.rows[table].items())
                connection.executemany(
                    f"INSERT INTO {name} VALUES ({marks})", [(k, *(r[c] for c in columns)) for k, r in rows]
                )
            connection.execute("COMMIT")
            connection.execute("VACUUM")
        finally:
            connection.close()
        with open(beside, "rb") as stream:
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
