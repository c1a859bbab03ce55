"""The exports as files."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from . import dataset_json, define, xpt
from .contracts import DATASETS
from .names import DEFINE, formats

MADE_BY = "MESENLUTH"


def lengths(frames: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    """Return the bytes each text variable needs, over all data sets: a variable has one length in all of them."""
    found: dict[str, int] = {}
    for name, frame in frames.items():
        for variable in DATASETS[name].variables:
            if variable.type == "text":
                distinct = frame[variable.name].dropna().unique()
                longest = max((len(str(v).encode()) for v in distinct), default=1)
                found[variable.name] = max(found.get(variable.name, 1), longest)
    return found


def encoded(frames: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every file but the Parquet ones.

    Parameters
    ----------
    frames : mapping of DataFrame
        As `build.build` returns them.
    study : mapping
        Sections study, cut and exports.

    Raises
    ------
    TableError
        If XPT is wanted and has no place for a value.
    """
    wanted = formats(study)
    bytes_of = lengths(frames)
    moment = datetime.datetime.fromisoformat(study["cut"]["date"])
    for name, frame in frames.items():
        dataset = DATASETS[name]
        if "json" in wanted:
            yield f"{name}.json", dataset_json.encode(frame, dataset, bytes_of, study)
        if "ndjson" in wanted:
            yield f"{name}.ndjson", dataset_json.encode_lines(frame, dataset, bytes_of, study)
        if "xpt" in wanted:
            yield f"{name}.xpt", xpt.encode(frame, dataset, bytes_of, moment, MADE_BY)
    if wanted:
        yield DEFINE, define.encode(frames, DATASETS, bytes_of, study, wanted[-1])
