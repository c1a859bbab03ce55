"""Data cuts: what was delivered, registered once, content-addressed and read-only.

    cuts/<study>/<cut>/cut.json                               what was registered, from where, how it is read
    cuts/<study>/store/<partition>/<table>/<sha256>.parquet   text as delivered, pseudonyms in place
    cuts/<study>/store/<partition>/places/<sha256>.parquet    file, sheet and line of rows, where they have one

A file's name is the hash of its content: the same content keeps its path, so that only what changed is computed
again, whatever the time stamps say. A cut is named by its date; other content under a known date gets a suffix.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import ConfigurationError, SourceError
from ..tables.digest import logical_hash
from ..tables.extracted import PLACES, stored
from ..tables.io import STRING, atomic_write, to_arrow, write_table
from ..tables.model import Column
from ..tables.registry import DATED_BY, REGISTRY
from .parse import parse
from .partitions import WHOLE, partitions
from .source import PROVENANCE, Delivery, Reading

NO_HISTORY = "none: what was corrected or removed before this delivery is not known"
"""What the record of a cut says of its source: no kind of source keeps earlier states of a record."""


@dataclass(frozen=True)
class Cut:
    """One registered cut.

    Attributes
    ----------
    name : str
        Date of the cut, with a suffix where other content was registered under it before.
    folder : Path
        Where the study's cuts lie, relative to the project.
    tables : dict of str to dict of str to str
        Partition -> table -> SHA-256 of its content.
    readings : dict
        Table -> column -> reading, as plain values.
    content : str
        SHA-256 over all of it.
    places : dict of str to str
        Partition -> SHA-256 of where its rows stand in files. Not part of the content: the same rows in another order
        are the same cut.
    """

    name: str
    folder: Path
    tables: dict[str, dict[str, str]]
    readings: dict[str, dict[str, dict[str, Any]]]
    content: str
    places: dict[str, str] = field(default_factory=dict)

    @property
    def partitions(self) -> list[str]:
        """Names of the partitions, sorted."""
        return sorted(self.tables)

    def path(self, partition: str, table: str) -> str:
        """Return where one table of one partition is stored."""
        digest = self.tables[partition][table]
        return str(self.folder / "store" / partition / table / f"{digest}.parquet")

    def paths(self, partition: str) -> list[str]:
        """Return where the tables of one partition are stored, in the order of the registry's contracts."""
        return [self.path(partition, table) for table in REGISTRY]

    def places_paths(self, partition: str) -> list[str]:
        """Return where it is stored in which files the rows of one partition stand: one path, or none."""
        digest = self.places.get(partition)
        return [str(self.folder / "store" / partition / PLACES.name / f"{digest}.parquet")] if digest else []


def with_record_ids(name: str, delivered: pd.DataFrame) -> pd.DataFrame:
    """Return the delivered text with `record_id` and every column of the contract.

    Rows that are alike in everything, key included, are numbered: each stays a record of its own.
    """
    delivered = delivered.astype(STRING)
    ids = delivered["source_table"] + ":" + delivered["source_key"] + ":" + delivered["row_sha256"].str.slice(0, 16)
    again = ids.groupby(ids).cumcount()
    ids = ids.where(again == 0, ids + "#" + (again + 1).astype(STRING))
    out: dict[str, pd.Series | None] = {"record_id": ids}
    for column in stored(name).column_names[1:]:
        out[column] = delivered[column] if column in delivered.columns else None
    return pd.DataFrame(out, index=delivered.index)


def _check_cut_date(tables: Mapping[str, pd.DataFrame], delivery: Delivery, date: str) -> None:
    first, last, known = None, None, 0
    limit = pd.Timestamp(date)
    for name, column in DATED_BY.items():
        reading = delivery.readings.get(name, {}).get(column, Reading())
        values, _ = parse(tables[name][column], Column(column, "date", ""), reading)
        values = values.dropna()
        if len(values):
            first = values.min() if first is None else min(first, values.min())
            last = values.max() if last is None else max(last, values.max())
            known += int((values <= limit).sum())
    if known == 0:
        reach = f"records run from {first:%Y-%m-%d} to {last:%Y-%m-%d}" if first is not None else "no record has a date"
        raise SourceError(
            f"cut.date {date}: no record is dated on or before it",
            f"a date that the registry covers ({reach})",
            "set cut.date in the study file, or give --cut",
        )


def register(delivery: Delivery, study: Mapping[str, Any], root: str | Path) -> tuple[Cut, bool]:
    """Register a delivery as a cut, unless the newest cut of its date has the same content.

    Returns
    -------
    cut : Cut
    new : bool
        Whether anything was written.

    Raises
    ------
    SourceError
        If no record is dated on or before the cut's date.
    """
    root, date = Path(root), study["cut"]["date"]
    folder = Path("cuts") / study["study"]["id"]
    texts = {}
    for name in REGISTRY:
        empty = pd.DataFrame({c: [] for c in PROVENANCE}, dtype=object)
        texts[name] = with_record_ids(name, delivery.tables.get(name, empty))
    _check_cut_date(texts, delivery, date)
    parts = partitions(texts, delivery.readings, study["cut"])
    names = sorted({p for s in parts.values() for p in s.unique()}) or [WHOLE]
    readings = {t: {c: r.as_dict() for c, r in columns.items()} for t, columns in sorted(delivery.readings.items())}
    tables: dict[str, dict[str, str]] = {}
    places: dict[str, str] = {}
    for partition in names:
        tables[partition] = {}
        for name, text in texts.items():
            rows = text[parts[name] == partition]
            digest = logical_hash(to_arrow(rows, stored(name)))
            tables[partition][name] = digest
            path = root / folder / "store" / partition / name / f"{digest}.parquet"
            if not path.exists():
                write_table(rows, path, stored(name), {"step": "register"})
                path.chmod(0o440)
        stood = [_stood(n, texts[n], delivery.places[n], parts[n] == partition) for n in delivery.places]
        if stood:
            where = pd.concat(stood, ignore_index=True)
            places[partition] = logical_hash(to_arrow(where, PLACES))
            path = root / folder / "store" / partition / PLACES.name / f"{places[partition]}.parquet"
            if not path.exists():
                write_table(where, path, PLACES, {"step": "register"})
                path.chmod(0o440)
    content = _digest({"tables": tables, "readings": readings})
    # Only the newest counts: content that returns to an earlier state is a delivery of its own, or the workflow, which
    # takes the newest, would go on with what was taken back.
    for known in registered(study, root)[-1:]:
        if known.content == content:
            return known, False
    name = _free_name(root / folder, date)
    document = {
        "cut": name,
        "date": date,
        "study": study["study"]["id"],
        "data": study["study"]["data"],
        "partition": study["cut"]["partition"],
        "content": content,
        "source": {
            "kind": study["source"]["kind"],
            "files": delivery.files,
            "notes": delivery.notes,
            "history": NO_HISTORY,
        },
        "rows": {n: len(t) for n, t in texts.items()},
        "registered": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "tables": tables,
        "readings": readings,
        **({"places": places} if places else {}),
    }
    path = root / folder / name / "cut.json"
    atomic_write(path, (json.dumps(document, indent=1, sort_keys=True) + "\n").encode())
    path.chmod(0o440)
    return Cut(name, folder, tables, readings, content, places), True


def _stood(name: str, text: pd.DataFrame, places: pd.DataFrame, chosen: pd.Series) -> pd.DataFrame:
    """Return where the chosen rows of a table stand, by the contract PLACES."""
    at = chosen.to_numpy(dtype=bool)
    return places[at].assign(table=name, record_id=text["record_id"].to_numpy()[at])


def _digest(plain: Any) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _free_name(folder: Path, date: str) -> str:
    name, number = date, 1
    while (folder / name / "cut.json").exists():
        number += 1
        name = f"{date}.{number}"
    return name


def registered(study: Mapping[str, Any], root: str | Path) -> list[Cut]:
    """Return the cuts registered under the study's date, the oldest first."""
    folder = Path("cuts") / study["study"]["id"]
    date = study["cut"]["date"]
    found = []
    for path in (Path(root) / folder).glob(f"{date}*/cut.json"):
        number = path.parent.name.removeprefix(date).removeprefix(".")
        if number and not number.isdigit():
            continue
        found.append((int(number or 1), load(path, folder)))
    return [cut for _, cut in sorted(found, key=lambda f: f[0])]


def load(path: str | Path, folder: Path) -> Cut:
    """Read a cut.json; SourceError if it is damaged."""
    try:
        plain = json.loads(Path(path).read_text(encoding="utf-8"))
        cut = Cut(plain["cut"], folder, plain["tables"], plain["readings"], plain["content"], plain.get("places", {}))
        intact = _digest({"tables": cut.tables, "readings": cut.readings}) == cut.content
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path}: not a readable record of a cut ({error})", do="register the cut again") from None
    if not intact:
        raise SourceError(
            f"{path}: its content does not match its hash", do="restore the file, or register the cut again"
        )
    return cut


def before(study: Mapping[str, Any], root: str | Path = os.curdir) -> tuple[Cut, str] | None:
    """Return the newest cut registered under an earlier date than the study's, with its date; None if there is none."""
    folder = Path("cuts") / study["study"]["id"]
    dates = {}
    for path in (Path(root) / folder).glob("*/cut.json"):
        date = path.parent.name[:10]
        if date < study["cut"]["date"]:
            dates[date] = True
    if not dates:
        return None
    date = max(dates)
    return registered({**study, "cut": {**study["cut"], "date": date}}, root)[-1], date


def current(study: Mapping[str, Any], root: str | Path = os.curdir) -> Cut:
    """Return the newest cut registered under the study's date.

    Raises ConfigurationError if there is none.
    """
    cuts = registered(study, root)
    if not cuts:
        raise ConfigurationError(
            f"no cut of study {study['study']['id']!r} is registered for {study['cut']['date']}",
            "a registered cut",
            "run `mesenluth run`, or `mesenluth register` before `snakemake`",
        )
    return cuts[-1]
