"""ADaM exports: responses, times to events and registry tables -> ADSL, ADTR, ADRS, ADTTE in the study's formats."""

from mesenluth.adam.build import build
from mesenluth.adam.conformance import check
from mesenluth.adam.contracts import DATASETS
from mesenluth.adam.files import encoded, for_xpt
from mesenluth.adam.names import FORMATS, INPUTS, formats
from mesenluth.program import Step, run
from mesenluth.tables.io import atomic_write
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS, XPT_TEXT_CHANGES


def work(step: Step) -> None:
    contracts = {**REGISTRY, **RESULTS}
    frames = build(step.read_all(contracts[name] for name in INPUTS), step.settings)
    check(frames, DATASETS)
    wanted = formats(step.settings)
    # A format that is asked for no longer leaves no file of an earlier state behind.
    for name in DATASETS:
        for form in FORMATS:
            if form not in wanted:
                (step.folder / f"{name}.{form}").unlink(missing_ok=True)
    plain, changes = for_xpt(frames, step.settings) if "xpt" in wanted else (frames, None)
    for name, content in encoded(frames, step.settings, plain):
        atomic_write(step.folder / name, content)
    if changes is None:
        (step.folder / f"{XPT_TEXT_CHANGES.name}.parquet").unlink(missing_ok=True)
    else:
        step.write(changes, XPT_TEXT_CHANGES)
        if len(changes):
            print(f"{len(changes)} texts are written without their accents or signs in XPT: {XPT_TEXT_CHANGES.name}")
    if "parquet" in wanted:
        step.write_all(frames, {name: dataset.table for name, dataset in DATASETS.items()})


if __name__ == "__main__":
    run("adam", __doc__, work)
