"""Why the estimates of two runs differ: patients who entered, left or were judged otherwise, and what moved them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .place import Place, Row
from .record_changes import RecordChange, changes
from .verdicts import Counted, counted_by
from .why import differences, pin_changes, shown

KEY = (
    "endpoint", "population", "subgroup", "level", "compartment", "evaluator", "definition", "statistic", "method",
    "time_months", "test", "hypothesis",
)  # fmt: skip
VALUES = ("numerator", "denominator", "estimate", "ci_low", "ci_high", "p_value", "n_at_risk", "text", "reason")


@dataclass
class Moved:
    """One patient whom two runs count differently in an estimate.

    Attributes
    ----------
    patient, compartment, change : str
        `change` is `entered`, `left`, `gained the event`, `lost the event`, `judged otherwise`, or `records`: counted
        and judged alike, with records that changed.
    before, after : str
        What was said of the patient.
    records : list of RecordChange
        Of the patient; empty if definitions, code or libraries alone moved the patient.
    """

    patient: str
    compartment: str
    change: str
    before: str
    after: str
    records: list[RecordChange] = field(default_factory=list)


@dataclass
class Change:
    """One estimate that two runs have differently.

    Attributes
    ----------
    key : dict
        What names the estimate.
    before, after : dict or None
        Its values; None where the run does not have it.
    moved : list of Moved
    explained : bool
        Whether patients, records, definitions, code or libraries account for it.
    """

    key: dict[str, Any]
    before: Row | None
    after: Row | None
    moved: list[Moved]
    explained: bool = True


@dataclass
class Diff:
    """Everything that two runs have differently.

    Attributes
    ----------
    definitions, code, libraries, cut : list of str
        Parameters, files, pinned libraries and the cut itself, as sentences.
    records : dict of str to list of RecordChange
        By patient.
    estimates : list of Change
    unchanged : int
        Estimates that are the same.
    """

    definitions: list[str]
    code: list[str]
    libraries: list[str]
    cut: list[str]
    records: dict[str, list[RecordChange]]
    estimates: list[Change]
    unchanged: int


def compare(before: Place, after: Place) -> Diff:
    """Return what two runs have differently, each change of an estimate explained."""
    one, two = before.manifest, after.manifest
    settings = list(differences(one["settings"], two["settings"]))
    definitions = [shown(c) for c in settings if c[0] != "cut.date"]
    definitions += [f"the mapping's {shown(c)}" for c in _readings(before, after)]
    code = list(_files(one["code"], two["code"]))
    libraries = pin_changes(one["environment"]["pinned"], two["environment"]["pinned"])
    cut = [f"{k}: {one['cut'][k]} -> {two['cut'][k]}" for k in ("name", "content") if one["cut"][k] != two["cut"][k]]
    records = changes(before, after)
    # A later date is no cause by itself: what it lets in are records, and they are named.
    others = bool(definitions or code or libraries)
    rows = [{_key(r): r for r in place.rows("estimates")} for place in (before, after)]
    counted: list[dict[Any, dict[tuple[str, str], Counted]]] = [{}, {}]
    found, unchanged = [], 0
    for key in [*rows[1], *(k for k in rows[0] if k not in rows[1])]:
        old, new = rows[0].get(key), rows[1].get(key)
        if old is not None and new is not None and _values(old) == _values(new):
            unchanged += 1
            continue
        sets = [
            _counted(row, place, known) for row, place, known in zip((old, new), (before, after), counted, strict=True)
        ]
        moved = list(_moved(sets[0], sets[1], records))
        change = Change(dict(zip(KEY, key, strict=True)), old and _values(old), new and _values(new), moved)
        change.explained = bool(moved or others) and _adds_up(old, new, sets, moved)
        found.append(change)
    return Diff(definitions, code, libraries, cut, records, found, unchanged)


def _key(row: Row) -> tuple[Any, ...]:
    return tuple(row.get(k) for k in KEY)


def _values(row: Row) -> Row:
    return {k: row.get(k) for k in VALUES}


def _readings(before: Place, after: Place) -> Iterator[tuple[str, Any, Any]]:
    told = []
    for place in (before, after):
        jobs = [j for j in place.manifest["jobs"].values() if j["rule"] == "extract"]
        parameters = place.manifest["parameters"][jobs[0]["parameters"]] if jobs else {}
        told.append((parameters or {}).get("readings"))
    yield from differences(told[0], told[1], "readings")


def _files(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for path in sorted({*before, *now}):
        if before.get(path) != now.get(path):
            yield f"{path} {'added' if path not in before else 'removed' if path not in now else 'edited'}"


def _counted(row: Row | None, place: Place, known: dict[Any, Any]) -> dict[tuple[str, str], Counted]:
    """Return the patients whom an estimate counts, by patient and compartment; each set is read once."""
    if row is None:
        return {}
    names = ["endpoint", "population", "compartment", "evaluator", "definition"]
    if row["subgroup"] == "centre":
        names += ["level"]
    if row["endpoint"] == "population":
        names += ["statistic"]
    key = tuple((n, row[n]) for n in names)
    if key not in known:
        found: dict[tuple[str, str], Counted] = {}
        for counted in counted_by(row, place):
            part = str(counted.facts.get("compartment") or counted.facts.get("period") or "")
            found[counted.patient, part] = counted
        known[key] = found
    return known[key]


def _said(counted: Counted | None) -> str:
    if counted is None:
        return "not counted"
    return "; ".join(f"{k} {v}" for k, v in counted.facts.items() if v is not None)


def _moved(
    before: Mapping[tuple[str, str], Counted],
    after: Mapping[tuple[str, str], Counted],
    records: Mapping[str, list[RecordChange]],
) -> Iterator[Moved]:
    touched = []
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        patient, part = key
        if old is None:
            change = "entered"
        elif new is None:
            change = "left"
        elif old.event != new.event:
            change = "gained the event" if new.event else "lost the event"
        elif old.facts != new.facts:
            change = "judged otherwise"
        else:
            if patient in records:
                touched.append(Moved(patient, part, "records", _said(old), _said(new), records[patient]))
            continue
        yield Moved(patient, part, change, _said(old), _said(new), records.get(patient, []))
    # Patients judged alike explain what is read from more than the verdict, such as a subgroup's levels.
    yield from touched


def _adds_up(old: Row | None, new: Row | None, sets: list[dict[Any, Counted]], moved: list[Moved]) -> bool:
    """Return whether patients who moved account for the change of numerator and denominator, where both are counts."""
    if old is None or new is None or new["statistic"] != "proportion" or new["subgroup"] is not None:
        return True
    count = {c: sum(m.change == c for m in moved) for c in ("entered", "left", "gained the event", "lost the event")}
    came = sum(c.event for k, c in sets[1].items() if k not in sets[0])
    went = sum(c.event for k, c in sets[0].items() if k not in sets[1])
    counted = new["denominator"] - old["denominator"] == count["entered"] - count["left"]
    events = new["numerator"] - old["numerator"] == came - went + count["gained the event"] - count["lost the event"]
    return bool(counted and events)
