"""Picture: profiles and findings of all partitions -> completeness, plausibility, preferences and drift of the cut."""

from mesenluth.program import Step, run
from mesenluth.quality.drift import all_changes, drift
from mesenluth.quality.picture import centre_findings, picture, preferences, value_places
from mesenluth.quality.profile import added
from mesenluth.tables.results import FINDINGS
from mesenluth.tables.results_picture import (
    CENTRE_FINDINGS,
    DRIFT,
    PICTURE,
    PREFERENCES,
    PROFILE,
    RECORD_CHANGES,
    VALUE_PLACES,
)


def work(step: Step) -> None:
    now = step.read_parts(PROFILE, added)
    changes = step.read_parts(RECORD_CHANGES, all_changes)
    shown = picture(now, step.read(FINDINGS), step.settings)
    preferred = preferences(now, step.settings)
    step.write(shown, PICTURE)
    step.write(preferred, PREFERENCES)
    step.write(value_places(now, step.settings), VALUE_PLACES)
    step.write(centre_findings(shown, preferred, step.settings), CENTRE_FINDINGS)
    step.inputs["profile"] = step.inputs.pop("earlier_profile", [])
    step.write(drift(step.read_parts(PROFILE, added), now, step.settings), DRIFT)
    step.write(changes, RECORD_CHANGES)


if __name__ == "__main__":
    run("picture", __doc__, work)
