"""The exports as files."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ..tables.io import empty
from ..tables.results import XPT_TEXT_CHANGES
from . import dataset_json, define, xpt
from .ascii import in_ascii
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


def for_xpt(
    frames: Mapping[str, pd.DataFrame], study: Mapping[str, Any]
) -> tuple[Mapping[str, pd.DataFrame], pd.DataFrame]:
    """Return the data sets as the transport files hold them, and `results.XPT_TEXT_CHANGES`.

    Under ``exports.xpt_text: refuse`` they are as they were: writing a text that is not ASCII is an error then.
    """
    if study["exports"]["xpt_text"] == "refuse":
        return frames, empty(XPT_TEXT_CHANGES)
    return in_ascii(frames, DATASETS)


def encoded(
    frames: Mapping[str, pd.DataFrame], study: Mapping[str, Any], plain: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every file but the Parquet ones.

    Parameters
    ----------
    frames : mapping of DataFrame
        As `build.build` returns them.
    study : mapping
        Sections study, cut and exports.
    plain : mapping of DataFrame
        The data sets as `for_xpt` gives them.

    Raises
    ------
    TableError
        If XPT is wanted and has no place for a value.
    """
    wanted = formats(study)
    # A letter may take more bytes when it is spelled out; a variable has one length wherever it stands.
    bytes_of, of_plain = lengths(frames), lengths(plain) if "xpt" in wanted else {}
    bytes_of = {name: max(n, of_plain.get(name, n)) for name, n in bytes_of.items()}
    moment = datetime.datetime.fromisoformat(study["cut"]["date"])
    for name, frame in frames.items():
        dataset = DATASETS[name]
        if "json" in wanted:
            yield f"{name}.json", dataset_json.encode(frame, dataset, bytes_of, study)
        if "ndjson" in wanted:
            yield f"{name}.ndjson", dataset_json.encode_lines(frame, dataset, bytes_of, study)
        if "xpt" in wanted:
            yield f"{name}.xpt", xpt.encode(plain[name], dataset, bytes_of, moment, MADE_BY)
    if wanted:
        yield DEFINE, define.encode(frames, DATASETS, bytes_of, study, wanted[-1])
