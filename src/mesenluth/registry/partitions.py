"""How the work on a cut is split: by centre or by patient, so that no rule has to look beyond its own part.

Rules compare the records of one patient, and records that share a name or refer to one another. Patients are therefore
split, never their records, and patients whose records are linked stay together: if they are of several centres, in a
part of their own, where the centres come together. So a part is judged from its own records alone, and all parts
together say what the whole would.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..tables.model import Table
from ..tables.registry import REGISTRY
from .parse import parse
from .source import Reading

WHOLE = "all"
UNASSIGNED = "unassigned"
"""Part of the records of no known patient."""
ACROSS = "across"
"""Part of the patients whose records are linked over several centres."""
RESERVED = frozenset([WHOLE, ACROSS, UNASSIGNED, "registry", "judged", "queries", "gx"])
"""Names of folders that lie beside those of the parts: no centre is called so there."""
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
LINKS = {"lesions": {"split_from": "lesions.lesion_id", "merged_into": "lesions.lesion_id"}}
"""Columns that name another record without a rule that it must exist."""

Readings = Mapping[str, Mapping[str, Reading]]


def partitions(tables: Mapping[str, pd.DataFrame], readings: Readings, cut: Mapping[str, Any]) -> dict[str, pd.Series]:
    """Return, for each table, the part of each row.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Registered text, by `tables.extracted.stored`.
    readings : mapping
        Table -> column -> how its text is read.
    cut : mapping
        Section cut of the study file: `partition` (`none`, `centre`, `hash`) and `buckets`, into how many parts `hash`
        splits.
    """
    if cut["partition"] == "none":
        return {n: pd.Series(WHOLE, index=t.index, dtype=object) for n, t in tables.items()}
    read = _reader(tables, readings)
    owners = {n: read(n, "patient_id") for n in tables}
    known = pd.Index(pd.concat(owners.values()).dropna().unique())
    nodes, first = {}, len(known)
    for name, owner in owners.items():
        node = known.get_indexer(owner)
        # A record without a patient stands for itself.
        lost = np.flatnonzero(node < 0)
        node[lost] = first + np.arange(len(lost))
        first += len(lost)
        nodes[name] = node
    label = _joined(first, _links(tables, read, nodes))
    names = (_centres if cut["partition"] == "centre" else _buckets)(label, known, read, nodes, cut)
    return {n: pd.Series(names[label[nodes[n]]], index=t.index, dtype=object) for n, t in tables.items()}


def _reader(tables: Mapping[str, pd.DataFrame], readings: Readings) -> Any:
    """Return a function that reads a column as extraction will."""

    def read(name: str, column: str) -> pd.Series:
        contract: Table = REGISTRY[name]
        reading = readings.get(name, {}).get(column, Reading())
        return parse(tables[name][column], contract.column(column), reading)[0].astype(object)

    return read


def _links(tables: Mapping[str, pd.DataFrame], read: Any, nodes: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Return which names stand in the records of several patients: name (whole numbers), node."""
    by_kind: dict[str, list[pd.DataFrame]] = {}
    for name in tables:
        for column, kind in _named(REGISTRY[name]):
            values = read(name, column)
            pairs = pd.DataFrame({"name": values.to_numpy(), "node": nodes[name]}).dropna().drop_duplicates()
            by_kind.setdefault(kind, []).append(pairs)
    found: list[pd.DataFrame] = []
    first = 0
    for several in by_kind.values():
        whole = pd.concat(several, ignore_index=True).drop_duplicates()
        shared = whole[whole["name"].duplicated(keep=False)]
        codes, names = pd.factorize(shared["name"])
        found.append(pd.DataFrame({"name": codes + first, "node": shared["node"].to_numpy()}))
        first += len(names)
    return pd.concat(found, ignore_index=True)


def _named(table: Table) -> Iterator[tuple[str, str]]:
    """Yield each column that names a record, and which: ``table.column``. Patients are the nodes themselves."""
    named = {**{c: f"{table.name}.{c}" for c in table.key}, **table.references, **LINKS.get(table.name, {})}
    yield from ((column, kind) for column, kind in named.items() if kind != "patients.patient_id")


def _joined(size: int, links: pd.DataFrame) -> np.ndarray:
    """Return for each node the least node that is linked with it, over any number of links."""
    label = np.arange(size)
    name, node = links["name"].to_numpy(), links["node"].to_numpy()
    least = np.full(int(name.max()) + 1 if len(name) else 0, size)
    while True:
        before = label.copy()
        np.minimum.at(least, name, label[node])
        np.minimum.at(label, node, least[name])
        label = label[label]
        if (label == before).all():
            return label


def _centres(
    label: np.ndarray, known: pd.Index, read: Any, nodes: Mapping[str, np.ndarray], cut: Mapping[str, Any]
) -> np.ndarray:
    """Return for each label the centre of its patients, or where several of them come together."""
    centre = read("patients", "centre").fillna(UNASSIGNED)
    of = pd.DataFrame({"label": label[nodes["patients"]], "centre": centre.to_numpy()}).drop_duplicates()
    safe = {c: UNASSIGNED if c == UNASSIGNED else _safe(str(c)) for c in of["centre"].unique()}
    names = np.full(len(label), UNASSIGNED, dtype=object)
    names[of["label"].to_numpy()] = of["centre"].map(safe).to_numpy()
    names[of.loc[of["label"].duplicated(), "label"].to_numpy()] = ACROSS
    return names


def _safe(centre: str) -> str:
    """Return a name that may be that of a folder: codes of other letters, or names that are taken, as a hash."""
    if SAFE.fullmatch(centre) and centre.lower() not in RESERVED:
        return centre
    return "x" + hashlib.sha256(centre.encode()).hexdigest()[:12]


def _buckets(
    label: np.ndarray, known: pd.Index, read: Any, nodes: Mapping[str, np.ndarray], cut: Mapping[str, Any]
) -> np.ndarray:
    """Return for each label a bucket, by the hash of its first patient's name."""
    names = np.full(len(label), UNASSIGNED, dtype=object)
    linked = label[: len(known)]
    least = pd.Series(known.to_numpy(dtype=object)).groupby(linked).min()
    digits = max(2, len(str(cut["buckets"] - 1)))
    hashes = (int.from_bytes(hashlib.sha256(str(name).encode()).digest()[:8], "big") for name in least)
    names[least.index.to_numpy()] = [f"b{h % cut['buckets']:0{digits}d}" for h in hashes]
    return names
