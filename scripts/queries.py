"""Queries: findings and the centres' answers -> what each centre is asked, as a table, CSV and XLSX."""

from mesenluth.program import Step, run
from mesenluth.quality.queries import queries
from mesenluth.quality.query_files import read_answers, write_files
from mesenluth.tables.results import FINDINGS
from mesenluth.tables.results_queries import QUERIES


def work(step: Step) -> None:
    study = step.settings["study"]
    asked = queries(step.read(FINDINGS), read_answers(step.settings["answers"]), study)
    step.write(asked, QUERIES)
    write_files(asked, step.folder / "queries", study["quality"]["queries"]["language"])


if __name__ == "__main__":
    run("queries", __doc__, work)
