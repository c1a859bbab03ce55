"""Names and inputs of figures, as the workflow plans with them."""

import subprocess
import sys
from pathlib import Path

import pytest
from test_figures_samples import study

from mesenluth.errors import ConfigurationError
from mesenluth.figures import names
from mesenluth.figures.contracts import contract
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS

SRC = Path(__file__).parents[3] / "src"


def test_default_study_has_a_waterfall_for_each_compartment_and_the_whole_patient():
    assert names.figure_names(study()) == [
        "flow",
        "waterfall_mesenteric",
        "waterfall_non_mesenteric",
        "waterfall_whole_patient",
        "spider",
        "swimmer",
        "paired_changes",
        "growth_rate",
        "metabolic_change",
        "kaplan_meier",
        "kaplan_meier_subgroups",
        "cumulative_incidence",
        "forest_proportions",
        "forest_subgroups",
        "published_comparison",
        "bland_altman",
        "sensitivity",
        "follow_up",
        "quality_map",
        "habits",
    ]


def test_what_a_study_does_not_have_is_no_figure():
    bare = study(
        endpoints=[], compartments=[], published={"citation": "", "items": []}, sensitivity={"vary": {}, "pairs": []}
    )
    always = ["flow", "waterfall_whole_patient", "spider", "swimmer"]
    assert names.figure_names(bare) == [*always, "bland_altman", "follow_up", "quality_map", "habits"]
    one = {**bare, "published": None, "evaluators": ["investigator"]}
    assert names.figure_names(one) == [*always, "follow_up", "quality_map", "habits"]


def test_every_figure_names_its_inputs_and_its_contract():
    for name in names.figure_names(study()):
        assert set(names.inputs(name)) <= {*REGISTRY, *RESULTS}
        assert contract(name).name == f"figure_{name}"


@pytest.mark.parametrize("name", ["pie", "waterfall_", "", "waterfall"])
def test_unknown_figure_is_refused_by_name(name):
    with pytest.raises(ConfigurationError, match="no figure called"):
        names.inputs(name)
    with pytest.raises(ConfigurationError, match="no figure called"):
        contract(name)


def test_planning_loads_nothing_heavy():
    code = (
        "import sys; import mesenluth.figures.names;"
        " heavy = sorted({'matplotlib', 'pandas', 'numpy', 'pyarrow'} & set(sys.modules));"
        " print(heavy); sys.exit(bool(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(SRC)!r}); {code}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_drawing_never_loads_pyplot():
    code = "import sys; import mesenluth.figures.make; sys.exit('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(SRC)!r}); {code}"], check=False
    )
    assert done.returncode == 0
