"""Page: estimates, counts, definitions and figures -> report.html."""

from pathlib import Path

from mesenluth.program import Step, run
from mesenluth.report.names import INPUTS
from mesenluth.report.page.build import page_html
from mesenluth.report.page.figures import pictures
from mesenluth.tables.io import atomic_write
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS


def work(step: Step) -> None:
    contracts = {**REGISTRY, **RESULTS}
    study = {**step.settings, "report": {"mode": "public"}}
    tables = step.read_all(contracts[name] for name in INPUTS)
    drawn = pictures(Path(step.options["figures"]), study)
    atomic_write(step.folder / "report.html", page_html(tables, drawn, study).encode())


if __name__ == "__main__":
    run("page", __doc__, work, {"figures": "folder of the figures"})
