"""Persons of a delivery: those who object are left out, those who stand twice become one, and dates can be shifted.

All of it before anything is stored. Lists hold the registry's own identifiers, are read where the key is, and leave
nothing behind but counts.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConfigurationError
from ..tables.io import STRING
from ..tables.registry import DATED_BY, REGISTRY
from .known import FOLLOWS, KNOWN_LATER
from .parse import parse
from .pseudonyms import Pseudonymiser, pseudonymiser
from .relation import unread
from .source import PROVENANCE, Delivery, Reading, row_hashes


def settle(delivery: Delivery, study: Mapping[str, Any], root: Path) -> Delivery:
    """Apply the study's lists of objections and of merged patients, and its shift of dates, to a delivery.

    Parameters
    ----------
    study : mapping
        The resolved study file. Of `source` it uses `objections` (a text file, an identifier a line), `merged_patients`
        (a text file, ``old,new`` a line), and `pseudonyms.shift_days`.

    Raises
    ------
    ConfigurationError
        If a list is missing or is none, or dates are to be shifted without a key.
    """
    source = study["source"]
    pseudonyms = pseudonymiser(study)
    if source.get("merged_patients"):
        _merge(delivery, _pairs(root / source["merged_patients"], source["merged_patients"]), pseudonyms)
    if source.get("objections"):
        # After merging: who objected under the one number is not kept under the other.
        _leave_out(delivery, _lines(root / source["objections"], source["objections"], "objections"), pseudonyms)
    days = source["pseudonyms"].get("shift_days")
    if days:
        if source["kind"] == "sdtm":
            raise ConfigurationError(
                "source.pseudonyms.shift_days: the scans of an SDTM source are named by their dates",
                "null, or a source with a mapping file",
            )
        _shift(delivery, pd.Timestamp(study["cut"]["date"]), int(days), pseudonyms)
    return delivery


def _lines(path: Path, shown: str, key: str) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(
            f"source.{key}: {shown} cannot be read",
            "a text file in UTF-8, a line a patient, lines that begin with # being remarks",
        ) from None
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _pairs(path: Path, shown: str) -> dict[str, str]:
    """Return old -> new identifier, followed to the last one."""
    pairs: dict[str, str] = {}
    for number, line in enumerate(_lines(path, shown, "merged_patients"), 1):
        parts = [p.strip() for p in line.replace(";", ",").split(",")]
        if len(parts) != 2 or not all(parts) or parts[0] in pairs:
            # Not the line itself: it holds identifiers.
            raise ConfigurationError(f"source.merged_patients: {shown}, entry {number}", "old,new, each old one once")
        pairs[parts[0]] = parts[1]
    for old in pairs:
        seen, last = {old}, pairs[old]
        while last in pairs and last not in seen:
            seen.add(last)
            last = pairs[last]
        if last in seen:
            raise ConfigurationError(f"source.merged_patients: {shown}: patients are merged in a circle", "no circle")
        pairs[old] = last
    return pairs


def _keep(delivery: Delivery, name: str, kept: pd.Series) -> int:
    """Keep some rows of a table, with their places; return how many went."""
    rows = kept.to_numpy(dtype=bool)
    delivery.tables[name] = delivery.tables[name][rows].reset_index(drop=True)
    if name in delivery.places:
        delivery.places[name] = delivery.places[name][rows].reset_index(drop=True)
    return int((~rows).sum())


def _leave_out(delivery: Delivery, identifiers: list[str], pseudonyms: Pseudonymiser) -> None:
    listed = set(pseudonyms(pd.Series(identifiers, dtype=object), delivery.domain))
    found: set[str] = set()
    gone = 0
    for name, table in delivery.tables.items():
        out = table["patient_id"].isin(listed)
        found |= set(table.loc[out, "patient_id"])
        gone += _keep(delivery, name, ~out)
    delivery.notes.append(
        f"objections: {len(listed)} patients on the list, {len(found)} of them in this delivery, left out with"
        f" their {gone} rows"
    )


def _merge(delivery: Delivery, pairs: Mapping[str, str], pseudonyms: Pseudonymiser) -> None:
    old = pseudonyms(pd.Series(list(pairs), dtype=object), delivery.domain)
    new = pseudonyms(pd.Series(list(pairs.values()), dtype=object), delivery.domain)
    names = dict(zip(old, new, strict=True))
    moved = 0
    for name, table in delivery.tables.items():
        again = table["patient_id"].isin(list(names))
        if not again.any():
            continue
        if name == "patients":
            # The row under the number that stays says who the patient is; without one the older row does.
            stays = set(table.loc[~again, "patient_id"])
            spare = again & table["patient_id"].map(names).isin(stays)
            _keep(delivery, name, ~spare)
            table = delivery.tables[name]
            again = table["patient_id"].isin(list(names))
        moved += int(again.sum())
        table.loc[again, "patient_id"] = table.loc[again, "patient_id"].map(names)
        table.loc[again, "row_sha256"] = [
            hashlib.sha256(f"{h}\x1f{p}".encode()).hexdigest()
            for h, p in zip(table.loc[again, "row_sha256"], table.loc[again, "patient_id"], strict=True)
        ]
    delivery.notes.append(f"merged patients: {len(names)} on the list; {moved} rows moved to the number that stays")


def _shift(delivery: Delivery, cut: pd.Timestamp, most: int, pseudonyms: Pseudonymiser) -> None:
    """Move the dates of each patient back by a number of days of his own, 1 to `most`.

    What is dated after the cut is left out first, on the true dates. Dates move back, so the cut's date stays after
    all of them. A text that is no date would stay where it is, so only that it could not be read is kept.
    """
    if pseudonyms.key is None:
        raise ConfigurationError("source.pseudonyms.shift_days: dates are shifted by a key", "method: hmac-sha256")
    late: set[str] = set()
    for name in sorted(delivery.tables, key=list(REGISTRY).index):
        readings = delivery.readings.setdefault(name, {})
        dates = {}
        for column in REGISTRY[name].columns:
            if column.type == "date" and column.name in delivery.tables[name]:
                texts = delivery.tables[name][column.name]
                values, reasons = parse(texts, column, readings.get(column.name, Reading()))
                dates[column.name] = (values, reasons != "")
        late = _as_of(delivery, name, dates, cut, late)
        table = delivery.tables[name]
        days = table["patient_id"].map(_days(table["patient_id"], most, pseudonyms.key)).fillna(0).astype("int64")
        for column_name, (values, bad) in dates.items():
            values, bad = values.reindex(table.index), bad.reindex(table.index)
            bad = bad | (values.notna() & (days == 0))
            moved = (values - pd.to_timedelta(days, unit="D")).dt.strftime("%Y-%m-%d").astype(STRING)
            table[column_name] = moved.where(values.notna(), None).mask(bad, unread("a date that is none"))
            known = readings.get(column_name, Reading())
            readings[column_name] = Reading(missing=known.missing, named=known.named)
        if dates:
            # The hash of the true dates would give them away to whoever tries all shifts.
            table["row_sha256"] = row_hashes(table.drop(columns=list(PROVENANCE)))
    delivery.notes.append(
        f"dates are moved back by 1 to {most} days, the same for all records of a patient; what was dated after the"
        " cut was left out before"
    )


def _as_of(
    delivery: Delivery, name: str, dates: dict[str, tuple[pd.Series, pd.Series]], cut: pd.Timestamp, late: set[str]
) -> set[str]:
    """Leave out what was not known at the cut, and return the scans that were."""
    table = delivery.tables[name]
    after = pd.Series(False, index=table.index)
    if name in DATED_BY and DATED_BY[name] in dates:
        after = (dates[DATED_BY[name]][0] > cut).fillna(False).astype(bool)
    elif name in FOLLOWS:
        after = table[FOLLOWS[name][1]].isin(late)
    if name in KNOWN_LATER and KNOWN_LATER[name][1] in dates:
        columns, date = KNOWN_LATER[name]
        unknown = (dates[date][0] > cut).fillna(False).astype(bool)
        for column in [c for c in columns if c in table]:
            table[column] = table[column].mask(unknown)
            if column in dates:
                dates[column] = (dates[column][0].mask(unknown), dates[column][1] & ~unknown)
    if name == "scans" and "scan_id" in table:
        late = set(table.loc[after, "scan_id"]) - set(table.loc[~after, "scan_id"])
    kept = ~after
    for column, (values, bad) in dates.items():
        dates[column] = (values[kept].reset_index(drop=True), bad[kept].reset_index(drop=True))
    _keep(delivery, name, kept)
    return late


def _days(patients: pd.Series, most: int, key: bytes) -> dict[str, int]:
    """Return how far each patient's dates move back."""
    known = [p for p in patients.dropna().unique() if p]
    drawn = (hmac.new(key, f"date-shift\x1f{p}".encode(), hashlib.sha256).digest() for p in known)
    return {p: int(np.uint64(int.from_bytes(d[:8], "big"))) % most + 1 for p, d in zip(known, drawn, strict=True)}
