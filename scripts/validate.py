"""Validation: extracted tables -> rows that may be analysed, and a finding for every rule a row fails."""

from mesenluth.program import Step, run
from mesenluth.quality.catalogue import of_study
from mesenluth.quality.engine import validate
from mesenluth.tables.extracted import EXTRACTION_COUNTS, UNREADABLE, extracted
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import FINDINGS, ROW_COUNTS, RULE_COUNTS


def work(step: Step) -> None:
    unreadable, catalogue = step.read(UNREADABLE), of_study(step.settings).within()
    judged = validate({n: step.read(extracted(n)) for n in REGISTRY}, unreadable, step.settings, catalogue)
    counts = step.read(EXTRACTION_COUNTS).merge(judged.counts, on="table")
    for name in REGISTRY:
        step.write(judged.accepted.pop(name), REGISTRY[name])
    quality = step.options["quality"]
    step.write(judged.findings, FINDINGS, quality)
    step.write(judged.rule_counts, RULE_COUNTS, quality)
    step.write(counts, ROW_COUNTS, quality)


if __name__ == "__main__":
    run("validate", __doc__, work, {"quality": "folder for findings and counts"})
