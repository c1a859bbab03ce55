"""Page: estimates, counts, definitions and figures -> report.html; with the patients behind them, internal.html."""

from functools import partial
from pathlib import Path

from mesenluth.program import Step, run
from mesenluth.report.ask.embed import hold
from mesenluth.report.hidden import INTERNAL, PUBLIC
from mesenluth.report.names import ASK_INPUTS, INPUTS
from mesenluth.report.page.build import page_html
from mesenluth.report.page.figures import pictures
from mesenluth.tables.io import atomic_write
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS

FILES = {PUBLIC: "report.html", INTERNAL: "internal.html"}


def work(step: Step) -> None:
    contracts, mode = {**REGISTRY, **RESULTS}, step.options["mode"]
    study = {**step.settings, "report": {"mode": mode}}
    tables = step.read_all(contracts[name] for name in (ASK_INPUTS if mode == INTERNAL else INPUTS))
    drawn = pictures(Path(step.options["figures"]), study)
    asker = partial(hold, tables, study) if mode == INTERNAL else None
    atomic_write(step.folder / FILES[mode], page_html(tables, drawn, study, asker).encode())


if __name__ == "__main__":
    run("page", __doc__, work, {"mode": "public or internal", "figures": "folder of the figures"})
