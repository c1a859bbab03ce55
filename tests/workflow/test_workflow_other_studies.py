"""Studies other than the default, from the study file alone: the shipped one, and one that `new-study` wrote."""

import pytest
import yaml

from mesenluth.tables.io import read_table
from mesenluth.tables.results import ESTIMATES, GATE
from workflow.harness import ROOT, copy_project, mesenluth


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return copy_project(tmp_path_factory.mktemp("others") / "project")


def small(project, name):
    """Make a study small: few patients, no variants, one format."""
    path = project / f"studies/{name}.yaml"
    study = yaml.safe_load(path.read_text())
    study["source"]["patients"] = 120
    default = yaml.safe_load((ROOT / "config.yaml").read_text())
    study["sensitivity"] = {"vary": {key: [] for key in default["sensitivity"]["vary"]}, "pairs": []}
    study |= {"figures": {"formats": ["svg"]}, "exports": {"adam": []}}
    path.write_text(yaml.safe_dump(study, sort_keys=False))
    return path


def rates(project, name):
    rows = read_table(project / f"results/{name}/endpoints/estimates.parquet", ESTIMATES)
    rows = rows[(rows["endpoint"] == "objective_response") & (rows["statistic"] == "proportion")]
    rows = rows[
        (rows["definition"] == "study") & (rows["population"] == "included") & (rows["method"] == "clopper-pearson")
    ]
    return rows.set_index("compartment")["estimate"].to_dict()


def test_brain_against_the_rest_runs_from_its_study_file(project):
    small(project, "intracranial")
    said = mesenluth(project, "run", "--study", "studies/intracranial.yaml", "--", "--cores", "2")
    assert said.returncode == 0, said.stdout + said.stderr
    out = project / "results/intracranial"
    found = rates(project, "intracranial")
    assert set(found) == {"intracranial", "extracranial", "whole_patient"}
    # Drawn: 68 and 60 %, less who cannot be judged; about 55 patients are included.
    assert 0.4 < found["intracranial"] < 0.9
    gate = read_table(out / "quality/gate.parquet", GATE)
    assert gate["passed"].all()
    # No word of the default study's question strays into this one.
    page = (out / "report/report.html").read_text() + (out / "report/results.md").read_text()
    page = page.replace("<wbr>", "").replace("lesions.mesenteric_mass", "")  # a column that every registry is asked for
    for word in ("mesenteric", "mésent", "177Lu", "PRRT", "DOTATATE"):
        assert word not in page, word
    for figure in (out / "figures").glob("*.svg"):
        assert "esenteric" not in figure.read_text(), figure.name


def test_a_new_study_runs_at_once(project):
    said = mesenluth(
        project, "new-study", "nodes_first", "--compartment", "nodes=nodal:yes", "--compartment", "others=rest",
        "--product", "lanreotide", "--cut", "2024-06-30",
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    small(project, "nodes_first")
    said = mesenluth(
        project, "run", "--study", "studies/nodes_first.yaml", "--", "--cores", "2",
        "results/nodes_first/endpoints/estimates.parquet", "results/nodes_first/figures/waterfall_nodes.svg",
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
    assert set(rates(project, "nodes_first")) == {"nodes", "others", "whole_patient"}
