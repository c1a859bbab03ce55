"""Studies from their source to their ADaM data sets, each made once a worker."""

from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from mesenluth.adam.build import build
from mesenluth.adam.contracts import DATASETS
from mesenluth.adam.files import encoded, for_xpt, lengths
from mesenluth.adam.names import FORMATS, INPUTS
from mesenluth.endpoints.names import INPUTS as ENDPOINT_INPUTS
from mesenluth.endpoints.time_to_event import time_to_event
from mesenluth.quality.engine import validate
from mesenluth.registry.cut import with_record_ids
from mesenluth.registry.extract import extract
from mesenluth.registry.source import PROVENANCE, read
from mesenluth.response.classify import classify
from mesenluth.simulate.registry import generate
from mesenluth.study import load
from mesenluth.tables.registry import REGISTRY

ROOT = Path(__file__).resolve().parents[3]
STUDIES = ("mesenluth", "cdisc_pilot_recist")


class Sample:
    """A study, the tables its exports are built from, and the exports."""

    def __init__(self, name: str) -> None:
        self.study = load(ROOT, None if name == "mesenluth" else ROOT / "studies" / f"{name}.yaml")
        self.study["exports"] = {"adam": list(FORMATS), "xpt_text": "transliterate"}
        with TemporaryDirectory() as folder:
            if self.study["source"]["kind"] == "synthetic":
                self.study["source"]["path"] = str(Path(folder) / "registry.sqlite")
                generate(self.study, Path(folder) / "registry.sqlite")
            delivery = read(self.study, ROOT)
        nothing = pd.DataFrame({c: [] for c in PROVENANCE}, dtype=object)
        texts = {n: with_record_ids(n, delivery.tables.get(n, nothing)) for n in REGISTRY}
        extraction = extract(texts, delivery.readings, self.study["cut"]["date"])
        tables = dict(validate(extraction.tables, extraction.unreadable, self.study).accepted)
        tables |= classify(tables, self.study)
        tables["time_to_event"] = time_to_event({n: tables[n] for n in ENDPOINT_INPUTS}, self.study)
        self.tables = {n: tables[n] for n in INPUTS}
        self.frames = build(self.tables, self.study)
        self.lengths = lengths(self.frames)

    @cached_property
    def files(self) -> dict[str, bytes]:
        return dict(encoded(self.frames, self.study, for_xpt(self.frames, self.study)[0]))


@cache
def sample(name: str) -> Sample:
    return Sample(name)


def bds(frames, dataset: str, **where) -> pd.DataFrame:
    """Return the records that match."""
    frame = frames[dataset]
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return frame


__all__ = ["DATASETS", "ROOT", "STUDIES", "Sample", "bds", "sample"]
