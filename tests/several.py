"""Registries of one patient each, laid together: rules that look at whole tables are tried on many patients at once."""

from collections.abc import Iterable, Mapping

import pandas as pd

from mesenluth.tables.io import STRING

LINKS = ("split_from", "merged_into")


def several(registries: Iterable[Mapping[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """Return one registry of all patients; every identifier begins with the number of its registry."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for i, tables in enumerate(registries):
        for name, frame in tables.items():
            ids = [c for c in frame if c.endswith("_id") or c in LINKS]
            parts.setdefault(name, []).append(frame.assign(**{c: (f"{i}." + frame[c]).astype(STRING) for c in ids}))
    return {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
