"""Compare: registered text of a partition at the cut before and now -> changed records, and the earlier profile."""

from pathlib import Path

from mesenluth.program import Step, run
from mesenluth.quality.drift import record_changes
from mesenluth.quality.profile import profile
from mesenluth.registry.extract import extract
from mesenluth.registry.source import Reading
from mesenluth.tables.extracted import extracted, stored
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

    def known_of(delivered: dict, known: dict) -> dict:
        return {name: f[f["record_id"].isin(known[name]["record_id"])] for name, f in delivered.items()}

    earlier, extracts = step.settings["earlier"], step.inputs
    now = {n: step.read(extracted(n)) if n in extracts else empty(extracted(n)) for n in REGISTRY}
    before = texts(earlier["files"])
    readings = {
        table: {column: Reading.from_dict(r) for column, r in columns.items()}
        for table, columns in earlier["readings"].items()
    }
    known = extract(before, readings, earlier["date"])
    step.write(profile(known.tables, known.unreadable), PROFILE, name="earlier_profile")
    # What was delivered but dated after a cut was not known at it.
    changed = record_changes(known_of(before, known.tables), known_of(texts(step.settings["files"]), now))
    step.write(changed, RECORD_CHANGES)


if __name__ == "__main__":
    run("compare", __doc__, work)
