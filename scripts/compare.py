"""Compare: registered text of a partition at the cut before and now -> changed records, and the earlier profile."""

from pathlib import Path

from mesenluth.program import Step, run
from mesenluth.quality.drift import record_changes
from mesenluth.quality.profile import profile
from mesenluth.registry.extract import extract
from mesenluth.registry.source import Reading
from mesenluth.tables.extracted import stored
from mesenluth.tables.io import empty
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results_picture import PROFILE, RECORD_CHANGES


def work(step: Step) -> None:
    def texts(paths: list[str]) -> dict:
        # A stored file is called after its content and lies in a folder called after its table.
        files = {Path(path).parent.name: [Path(path)] for path in paths}
        found = {}
        for name in REGISTRY:
            step.inputs = files
            found[name] = step.read(stored(name)) if name in files else empty(stored(name))
        return found

    earlier = step.settings["earlier"]
    before, now = texts(earlier["files"]), texts(step.settings["files"])
    readings = {
        table: {column: Reading.from_dict(r) for column, r in columns.items()}
        for table, columns in earlier["readings"].items()
    }
    known = extract(before, readings, earlier["date"])
    step.write(profile(known.tables, known.unreadable), PROFILE, name="earlier_profile")
    step.write(record_changes(before, now), RECORD_CHANGES)


if __name__ == "__main__":
    run("compare", __doc__, work)
