"""Profile: extracted tables of a partition -> counts of what was delivered, by centre."""

from mesenluth.program import Step, run
from mesenluth.quality.profile import profile
from mesenluth.tables.extracted import UNREADABLE, extracted
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results_picture import PROFILE


def work(step: Step) -> None:
    tables = {name: step.read(extracted(name)) for name in REGISTRY}
    step.write(profile(tables, step.read(UNREADABLE)), PROFILE)


if __name__ == "__main__":
    run("profile", __doc__, work)
