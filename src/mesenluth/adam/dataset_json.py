"""CDISC Dataset-JSON 1.1, as one JSON object or as lines of JSON (NDJSON).

The specification asks for the time at which the file was made. That would be a clock: the same data would not give
the same bytes. The date of the data cut stands there, at midnight, and also as the time of the last change of the
data; see docs/adam.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from .. import __version__
from ..errors import TableError
from ..tables.io import conform
from .model import Dataset, Variable
from .names import DEFINE

VERSION = "1.1.0"
TYPES = {"text": "string", "integer": "integer", "float": "float", "date": "date"}
ROWS = 1 << 15
PLAIN = {"ensure_ascii": False, "allow_nan": False, "separators": (",", ":")}


def study_oid(study: Mapping[str, Any]) -> str:
    """Return the identifier of the study."""
    return f"STDY.{study['study']['id']}"


def version_oid(study: Mapping[str, Any]) -> str:
    """Return the identifier of the metadata of this cut of the study."""
    return f"MDV.{study['study']['id']}.{study['cut']['date']}"


def group_oid(dataset: Dataset) -> str:
    """Return the identifier of a data set."""
    return f"IG.{dataset.name}"


def item_oid(dataset: Dataset, variable: Variable) -> str:
    """Return the identifier of a variable."""
    return f"IT.{dataset.name}.{variable.name}"


def column(dataset: Dataset, variable: Variable, lengths: Mapping[str, int]) -> dict[str, Any]:
    """Return the metadata of one variable, in the order of the specification."""
    out: dict[str, Any] = {
        "itemOID": item_oid(dataset, variable),
        "name": variable.name,
        "label": variable.label,
        "dataType": TYPES[variable.type],
    }
    if variable.type == "date":
        out["targetDataType"] = "integer"
    if variable.type == "text":
        out["length"] = max(1, lengths[variable.name])
    if variable.format:
        out["displayFormat"] = variable.format
    if variable.name in dataset.key:
        out["keySequence"] = dataset.key.index(variable.name) + 1
    return out


def metadata(dataset: Dataset, records: int, lengths: Mapping[str, int], study: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything of a file but its rows, in the order of the specification.

    Parameters
    ----------
    records : int
        Number of rows.
    lengths : mapping of str to int
        Bytes of each text variable.
    study : mapping
        Sections study and cut.
    """
    moment = f"{study['cut']['date']}T00:00:00"
    return {
        "datasetJSONCreationDateTime": moment,
        "datasetJSONVersion": VERSION,
        "fileOID": f"{study['study']['id']}.{study['cut']['date']}.{dataset.name}",
        "dbLastModifiedDateTime": moment,
        "originator": f"mesenluth ({study['study']['data']} data). {study['study']['notice']['en']}",
        "sourceSystem": {"name": "mesenluth", "version": __version__},
        "studyOID": study_oid(study),
        "metaDataVersionOID": version_oid(study),
        "metaDataRef": DEFINE,
        "itemGroupOID": group_oid(dataset),
        "records": records,
        "name": dataset.name,
        "label": dataset.label,
        "columns": [column(dataset, v, lengths) for v in dataset.variables],
    }


def _plain(values: pd.Series, variable: Variable) -> list[Any]:
    """Return a column as values JSON has; null where there is none."""
    gaps = values.isna()
    if variable.type == "date":
        values = values.dt.strftime("%Y-%m-%d")
    elif variable.type == "integer":
        values = values.astype("Int64")
    return values.astype(object).mask(gaps, None).where(~gaps, None).tolist()


def rows(frame: pd.DataFrame, dataset: Dataset) -> Iterator[str]:
    """Yield each row as one line of JSON."""
    for start in range(0, len(frame), ROWS):
        part = frame.iloc[start : start + ROWS]
        for row in zip(*(_plain(part[v.name], v) for v in dataset.variables), strict=True):
            yield json.dumps(row, **PLAIN)  # type: ignore[arg-type]


def encode(frame: pd.DataFrame, dataset: Dataset, lengths: Mapping[str, int], study: Mapping[str, Any]) -> bytes:
    """Return a data set as the content of a Dataset-JSON file: one JSON object, a row a line."""
    head = json.dumps(metadata(dataset, len(frame), lengths, study), **PLAIN)  # type: ignore[arg-type]
    body = ",\n".join(rows(frame, dataset))
    return f'{head[:-1]},"rows":[\n{body}\n]}}\n'.encode()


def encode_lines(frame: pd.DataFrame, dataset: Dataset, lengths: Mapping[str, int], study: Mapping[str, Any]) -> bytes:
    """Return a data set as the content of a Dataset-JSON file of lines: the metadata, then a row a line."""
    head = json.dumps(metadata(dataset, len(frame), lengths, study), **PLAIN)  # type: ignore[arg-type]
    return "\n".join([head, *rows(frame, dataset), ""]).encode()


def read(path: str | Path, dataset: Dataset) -> pd.DataFrame:
    """Read a Dataset-JSON file, of either kind, by the contract of its data set.

    Raises TableError if the file is not one of this data set.
    """
    path = Path(path)
    text = path.read_text(encoding="utf-8")
    try:
        if path.suffix == ".ndjson":
            head, *lines = text.splitlines()
            about, found = json.loads(head), [json.loads(line) for line in lines]
        else:
            about = json.loads(text)
            found = about.pop("rows", [])
        names = [c["name"] for c in about["columns"]]
        if about["name"] != dataset.name or about["records"] != len(found):
            raise ValueError(f"{about['name']} with {about['records']} records, {len(found)} rows")
        frame = pd.DataFrame(found, columns=names, dtype=object)
    except (ValueError, KeyError, TypeError) as error:
        raise TableError(f"{path}: not Dataset-JSON of {dataset.name} ({error})") from None
    for variable in dataset.variables:
        if variable.type == "date" and variable.name in frame:
            frame[variable.name] = pd.to_datetime(frame[variable.name].where(frame[variable.name].notna(), None))
    return conform(frame, dataset.table)
