"""Which records of the registry two runs know differently: by what was delivered, and by what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .place import Place


@dataclass(frozen=True, order=True)
class RecordChange:
    """One record that two runs know differently.

    Attributes
    ----------
    table, record : str
        Registry table; source table and key of the record there.
    change : str
        `appeared`, `changed`, `vanished`, `accepted` or `quarantined`: the last two of a record that was delivered
        alike and is judged otherwise.
    patient : str
    before, after : str
        Record ids; empty where there is none.
    """

    table: str
    record: str
    change: str
    patient: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.table} {self.record} {self.change}"


def changes(before: Place, after: Place) -> dict[str, list[RecordChange]]:
    """Return the records that two runs know differently, by patient."""
    found: dict[str, list[RecordChange]] = {}
    tables = sorted({r["table"] for r in after.manifest["inputs"].values() if r.get("table")})
    for table in tables:
        for change in _of_table(table, before, after):
            found.setdefault(change.patient, []).append(change)
    return {patient: sorted(rows) for patient, rows in sorted(found.items())}


def _ids(place: Place, table: str, folder: str) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts = [
        pq.read_table(f, columns=["record_id", "patient_id"], partitioning=None) for f in place.files(table, folder)
    ]
    empty = pa.table({"record_id": pa.array([], pa.string()), "patient_id": pa.array([], pa.string())})
    return pa.concat_tables([p.select(["record_id", "patient_id"]) for p in parts]) if parts else empty


def _only(one: Any, other: Any) -> dict[str, str]:
    """Return record id -> patient of the records that one has and the other has not."""
    import pyarrow.compute as pc

    inside = pc.is_in(one.column("record_id"), value_set=other.column("record_id").combine_chunks())
    rest = one.filter(pc.invert(inside))
    return dict(zip(rest.column("record_id").to_pylist(), rest.column("patient_id").to_pylist(), strict=True))


def _of_table(table: str, before: Place, after: Place) -> Iterator[RecordChange]:
    typed = [_ids(p, table, "registry/") for p in (before, after)]
    valid = [_ids(p, table, "validated/") for p in (before, after)]
    gone, come = _only(typed[0], typed[1]), _only(typed[1], typed[0])
    earlier = {_key(i): i for i in gone}
    for record_id, patient in come.items():
        key = _key(record_id)
        old = earlier.pop(key, "")
        yield RecordChange(table, key, "changed" if old else "appeared", patient, old, record_id)
        if old and gone[old] != patient:
            yield RecordChange(table, key, "vanished", gone[old], old, record_id)
    for key, old in earlier.items():
        yield RecordChange(table, key, "vanished", gone[old], old, "")
    for record_id, patient in _only(valid[0], valid[1]).items():
        if record_id not in gone:
            yield RecordChange(table, _key(record_id), "quarantined", patient, record_id, record_id)
    for record_id, patient in _only(valid[1], valid[0]).items():
        if record_id not in come:
            yield RecordChange(table, _key(record_id), "accepted", patient, record_id, record_id)


def _key(record_id: str) -> str:
    """Return source table and key; records that are alike in everything are numbered, and stay apart."""
    source, key, digest = record_id.rsplit(":", 2)
    again = digest.partition("#")[2]
    return f"{source}:{key}" + (f"#{again}" if again else "")
