"""`mesenluth new-study`: what it writes is a right study file, and it never writes over one."""

import shutil
import sqlite3

import pytest
import yaml

from mesenluth import cli
from mesenluth.begin.wanted import KINDS, asked, compartments
from mesenluth.errors import ConfigurationError
from mesenluth.study import load


@pytest.fixture
def project(root, tmp_path, monkeypatch):
    """A project without results: what `new-study` reads, and nothing else."""
    for name in ("Snakefile", "config.yaml"):
        shutil.copy(root / name, tmp_path / name)
    for name in ("schemas", "studies"):
        shutil.copytree(root / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def begin(*arguments):
    return cli.main(["new-study", *arguments])


LIVER = ("--compartment", "liver=site:liver", "--compartment", "elsewhere=rest", "--cut", "2024-06-30")


def test_a_study_without_data_is_drawn_and_right(project, capsys):
    assert begin("liver_first", *LIVER, "--product", "lanreotide") == 0
    study = load(project, project / "studies/liver_first.yaml")
    assert [c["id"] for c in study["compartments"]] == ["liver", "elsewhere"]
    assert study["compartments"][1]["where"] == {"not": {"column": "site", "equals": "liver"}}
    assert study["source"]["drawn"]["product"] == "lanreotide"
    assert study["primary"] == {"endpoint": "objective_response", "compartment": "liver", "hypothesis": None}
    assert {e["id"] for e in study["endpoints"]} == {
        "objective_response", "disease_control", "progression_free_survival", "overall_survival"
    }  # fmt: skip
    assert "mesenluth run --study studies/liver_first.yaml" in capsys.readouterr().out


def test_the_checklist_names_what_the_study_uses_and_no_more(project):
    begin("liver_first", *LIVER)
    text = (project / "studies/liver_first.checklist.md").read_text()
    for key in ("response.timing", "response.min_sd_days", "survival.death", "time.origin", "`liver`"):
        assert key in text
    for section in ("metabolic.", "clinical.", "density.", "growth."):
        assert f"`{section}" not in text


def test_an_endpoint_brings_its_definitions_and_drops_the_mesenteric_default(project):
    begin("symptoms", *LIVER, "--endpoint", "objective_response", "--endpoint", "clinical_response")
    study = load(project, project / "studies/symptoms.yaml")
    assert study["clinical"]["attributed"] == "any"
    assert "`clinical.rule`" in (project / "studies/symptoms.checklist.md").read_text()


def test_a_source_brings_a_mapping_draft(project, capsys):
    (project / "data").mkdir()
    with sqlite3.connect(project / "data/small.sqlite") as database:
        database.execute("CREATE TABLE patients (patient_id TEXT, sex TEXT, birth_date TEXT)")
        database.executemany(
            "INSERT INTO patients VALUES (?, ?, ?)", [("a", "F", "1950-02-03"), ("b", "M", "1949-01-31")]
        )
    database.close()
    assert begin("small", *LIVER, "--source", "sqlite", "--at", "data/small.sqlite") == 0
    study = load(project, project / "studies/small.yaml")
    assert study["source"]["path"] == "data/small.sqlite"
    assert study["study"]["data"] == "registry"
    assert "patients" in yaml.safe_load((project / study["source"]["mapping"]).read_text())["tables"]
    assert "MESENLUTH_PSEUDONYM_KEY" in capsys.readouterr().out


def test_nothing_is_written_over(project, capsys):
    begin("liver_first", *LIVER)
    study = project / "studies/liver_first.yaml"
    study.write_text("mine")
    assert begin("liver_first", *LIVER) == 2
    assert study.read_text() == "mine"
    assert "there is such a file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("x1",), "no compartment"),
        (("Bad-Name", *LIVER), "id 'Bad-Name'"),
        (("x1", "--compartment", "a=colour:red"), "no column 'colour'"),
        (("x1", "--compartment", "a=rest"), "at least one by a condition"),
        (("x1", "--compartment", "a=nodal:perhaps"), "yes or no"),
        (("x1", *LIVER, "--endpoint", "happiness"), "--endpoint 'happiness'"),
        (("x1", *LIVER, "--source", "files"), "--at, a folder or file"),
        (("x1", *LIVER, "--source", "magic"), "--source 'magic'"),
        (("x1", "--compartment", "a=site:liver", "--cut", "soon"), "--cut 'soon'"),
        (("x1", "--compartment", "a=retractile:yes", "--cut", "2024-01-01"), "a drawn registry has no retractile"),
    ],
)  # fmt: skip
def test_a_wrong_wish_is_refused_by_name(project, capsys, arguments, said):
    assert begin(*arguments) == 2
    assert said in capsys.readouterr().err
    assert not (project / "studies/x1.yaml").exists()


def test_a_terminal_is_asked_for_what_is_missing():
    questions = []
    answers = iter(["brain", "", "a=site:brain, b=rest", "", "osimertinib", ""])

    def ask(question):
        questions.append(question)
        return next(answers)

    given = dict.fromkeys(("name", "source", "at", "dictionary", "compartment", "endpoint", "product", "cut"))
    found = asked({**given, "today": "2024-01-01"}, ["objective_response"], ask)
    assert found["source"] == "drawn"
    assert found["compartment"] == ["a=site:brain", "b=rest"]
    assert (found["product"], found["cut"]) == ("osimertinib", "2024-01-01")
    assert len(questions) == 6


def test_several_values_and_a_rest():
    found = compartments(["soft=site:liver,lung", "bone=site:bone", "other=rest"])
    assert found["soft"] == {"column": "site", "in": ["liver", "lung"]}
    assert found["other"] == {"not": {"any": [found["soft"], found["bone"]]}}


def test_the_default_study_keeps_its_own_source():
    assert "synthetic" not in KINDS
    with pytest.raises(ConfigurationError, match="each name once"):
        compartments(["a=site:liver", "a=site:lung"])
