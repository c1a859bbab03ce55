"""Report: estimates, counts and definitions -> results.md; the tables of a manuscript, tables.md and tables.docx."""

from mesenluth.program import Step, run
from mesenluth.report.manuscript import manuscript_docx, manuscript_markdown
from mesenluth.report.markdown import results_markdown
from mesenluth.report.names import INPUTS
from mesenluth.tables.io import atomic_write
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS


def work(step: Step) -> None:
    contracts = {**REGISTRY, **RESULTS}
    tables = step.read_all(contracts[name] for name in INPUTS)
    atomic_write(step.folder / "results.md", results_markdown(tables, step.settings).encode())
    atomic_write(step.folder / "tables.md", manuscript_markdown(tables, step.settings).encode())
    atomic_write(step.folder / "tables.docx", manuscript_docx(tables, step.settings))


if __name__ == "__main__":
    run("report", __doc__, work)
