"""Report: estimates, counts and definitions -> results.md."""

from mesenluth.program import Step, run
from mesenluth.report.markdown import results_markdown
from mesenluth.report.names import INPUTS
from mesenluth.tables.io import atomic_write
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS


def work(step: Step) -> None:
    contracts = {**REGISTRY, **RESULTS}
    tables = step.read_all(contracts[name] for name in INPUTS)
    atomic_write(step.folder / "results.md", results_markdown(tables, step.settings).encode())


if __name__ == "__main__":
    run("report", __doc__, work)
