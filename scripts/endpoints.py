"""Endpoints: responses of all partitions -> estimates, times to event, curves, Table 1, readers against each other,
published beside computed.
"""

from mesenluth.endpoints.agreement import reader_agreement
from mesenluth.endpoints.estimate import estimate
from mesenluth.endpoints.names import INPUTS
from mesenluth.program import Step, run
from mesenluth.report.comparison import comparison_markdown
from mesenluth.tables.io import atomic_write
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS


def work(step: Step) -> None:
    contracts = {**REGISTRY, **RESULTS}
    tables = step.read_all(contracts[name] for name in INPUTS)
    results = estimate(tables, step.settings) | {"reader_agreement": reader_agreement(tables, step.settings)}
    step.write_all(results, RESULTS)
    text = comparison_markdown(results["published_comparison"], step.settings)
    atomic_write(step.folder / "published_comparison.md", text.encode())


if __name__ == "__main__":
    run("endpoints", __doc__, work)
