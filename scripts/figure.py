"""One figure: the tables it needs -> the Parquet it is drawn from, and SVG, PDF and PNG."""

from mesenluth.figures.make import draw
from mesenluth.figures.names import inputs
from mesenluth.program import Step, run
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS


def work(step: Step) -> None:
    name = step.options["name"]
    contracts = {**REGISTRY, **RESULTS}
    tables = step.read_all(contracts[table] for table in inputs(name))
    frame, contract = draw(name, tables, step.settings, step.folder, step.settings["figures"]["formats"])
    step.write(frame, contract, name=name)


if __name__ == "__main__":
    run("figure", __doc__, work, {"name": "name of the figure"})
