"""Extraction: registered text -> typed registry tables as they were known at the cut's date."""

from pathlib import Path

from mesenluth.program import Step, run
from mesenluth.registry.extract import extract
from mesenluth.registry.source import Reading
from mesenluth.tables.extracted import EXTRACTION_COUNTS, IMPUTED, PLACES, UNREADABLE, extracted, stored
from mesenluth.tables.registry import REGISTRY


def work(step: Step) -> None:
    # A stored file is called after its content and lies in a folder called after its table.
    files: dict[str, list[Path]] = {}
    for paths in step.inputs.values():
        for path in paths:
            files.setdefault(path.parent.name, []).append(path)
    step.inputs = files
    places = step.read(PLACES) if PLACES.name in files else None
    texts = {name: step.read(stored(name)) for name in REGISTRY}
    readings = {
        table: {column: Reading.from_dict(r) for column, r in columns.items()}
        for table, columns in step.settings["readings"].items()
    }
    result = extract(texts, readings, step.settings["cut_date"], places)
    for name, frame in result.tables.items():
        step.write(frame, extracted(name))
    step.write(result.unreadable, UNREADABLE)
    step.write(result.imputed, IMPUTED)
    step.write(result.counts, EXTRACTION_COUNTS)


if __name__ == "__main__":
    run("extract", __doc__, work)
