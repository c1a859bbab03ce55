"""Content decides what runs again: each cause reruns exactly what depends on it."""

import os
import sqlite3
import time

import pytest

from workflow.harness import artifacts, call, clone, mesenluth, plan

AFTER_CLASSIFY = {"endpoints", "findings", "report", "page"}


def rules(planned: dict[str, str]) -> set[str]:
    return {job.split(":")[0] for job in planned}


def append(path, text="\n# changed\n"):
    """Change a file's content and set its time stamp back: content alone must be seen."""
    old = path.stat()
    path.write_text(path.read_text() + text)
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))


def test_a_copy_in_another_place_plans_nothing(project):
    assert plan(project) == {}


def test_touching_every_file_plans_nothing(project):
    now = time.time() + 5
    for path in sorted(project.rglob("*")):
        if path.is_file():
            os.utime(path, (now, now))
    assert plan(project) == {}


def test_a_touched_copy_runs_nothing_from_the_command_line(project):
    for path in project.rglob("*.parquet"):
        path.touch()
    before = artifacts(project)
    said = mesenluth(project, "run", "--", "--cores", "1")
    assert said.returncode == 0, said.stderr
    assert "Nothing to be done" in said.stdout + said.stderr
    assert artifacts(project) == before


@pytest.mark.parametrize(
    ("module", "users"),
    [
        ("registry/extract.py", {"extract"}),
        ("quality/engine.py", {"validate"}),
        ("quality/rules.yaml", {"validate", "profile"}),
        ("quality/gate.py", {"expectations"}),
        ("quality/data_docs.py", {"expectations"}),
        ("quality/profile.py", {"profile"}),
        ("quality/picture.py", {"picture"}),
        ("quality/drift.py", {"picture"}),
        ("response/metabolic.py", {"classify"}),
        ("endpoints/survival.py", {"endpoints"}),
        ("figures/waterfall.py", {"figure"}),
        ("figures/growth_rate.py", {"figure"}),
        ("response/growth.py", {"classify", "sensitivity"}),
        ("report/markdown.py", {"report", "page"}),
        ("report/page/page.css", {"page"}),
        ("adam/tumours.py", {"adam"}),
        ("simulate/registry.py", set()),
        ("cli.py", set()),
    ],
)
def test_an_edited_module_runs_its_users_and_what_follows_them(project, module, users):
    append(project / "src/mesenluth" / module)
    planned = plan(project)
    own = {job.split(":")[0] for job, why in planned.items() if "Params have changed" in why}
    assert users <= own
    follows = {
        "extract": {
            "validate",
            "across",
            "expectations",
            "quality",
            "profile",
            "picture",
            "findings",
            "queries",
            "gate",
            "classify",
            "endpoints",
            "effects",
            "sensitivity",
            "adam",
            "figure",
            "report",
            "page",
        },
        "validate": {
            "across",
            "expectations",
            "quality",
            "picture",
            "findings",
            "queries",
            "gate",
            "classify",
            "endpoints",
            "effects",
            "sensitivity",
            "adam",
            "figure",
            "report",
            "page",
        },
        "profile": {
            "picture",
            "expectations",
            "gate",
            "endpoints",
            "effects",
            "sensitivity",
            "adam",
            "figure",
            "report",
            "page",
        },  # fmt: skip
        "picture": {"figure", "report", "page"},
        "figure": {"page"},
        "classify": {"findings", "queries", "endpoints", "effects", "sensitivity", "adam", "figure", "report", "page"},
        "expectations": {"gate", "endpoints", "effects", "sensitivity", "adam", "figure", "report", "page"},
        "gate": {"endpoints", "effects", "sensitivity", "adam", "figure", "report", "page"},
        "endpoints": {"effects", "sensitivity", "adam", "figure", "report", "page"},
    }
    allowed = users.union(*(follows.get(u, set()) for u in users))
    assert rules(planned) <= allowed
    assert rules(planned) >= users


def test_without_exports_nothing_is_exported(project):
    assert plan(project, changes={"exports": {"adam": []}}) == {}


def test_an_edited_program_runs_again(project):
    append(project / "scripts/report.py")
    assert set(plan(project)) == {"report"}


def test_an_edited_contract_runs_everything(project):
    append(project / "src/mesenluth/tables/registry.py")
    assert rules(plan(project)) >= {
        "extract",
        "validate",
        "classify",
        "endpoints",
        "effects",
        "sensitivity",
        "adam",
        "figure",
        "report",
    }


def test_a_changed_lock_runs_everything(project):
    append(project / "envs/study.lock")
    assert rules(plan(project)) == {
        "extract", "validate", "across", "quality", "profile", "picture", "findings", "queries", "expectations", "gate", "classify", "endpoints", "effects", "sensitivity", "adam", "figure", "report", "page",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "first", "untouched"),
    [
        (
            {"figures": {"language": "fr"}},
            {"figure", "report", "page"},
            {"extract", "validate", "classify", "endpoints"},
        ),
        ({"statistics": {"km_interval": "log"}}, {"endpoints"}, {"extract", "validate", "classify", "gate"}),
        ({"response": {"min_sd_days": 84}}, {"classify"}, {"extract"}),
        ({"quality": {"gate": "warn"}}, {"gate"}, {"extract", "expectations", "validate", "picture", "queries"}),
        ({"exports": {"adam": ["ndjson"]}}, {"adam"}, {"classify", "endpoints", "figure", "report"}),
    ],
)
def test_a_changed_definition_runs_the_steps_that_depend_on_it(project, changes, first, untouched):
    planned = rules(plan(project, changes=changes))
    assert first <= planned
    assert not untouched & planned


def test_values_swapped_between_two_keys_are_seen(project):
    """A set of parameter values would be the same; the steps' settings are one text each."""
    planned = plan(project, changes={"response": {"measurable_mm": 15, "measurable_node_mm": 10}})
    assert "classify" in rules(planned)


def test_a_changed_record_is_seen_even_under_an_older_time_stamp(project):
    path = project / "data/registry.sqlite"
    old = path.stat()
    base = sqlite3.connect(path)
    base.execute("UPDATE mesure SET grand_axe = '33,3' WHERE rowid = (SELECT min(rowid) FROM mesure)")
    base.commit()
    base.close()
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns - 10**15))
    said = mesenluth(project, "register")
    assert said.returncode == 0, said.stderr
    assert "2023-06-30.2" in said.stdout
    planned = plan(project)
    assert "extract" in rules(planned)


def test_a_failed_job_in_the_middle_is_not_done(project):
    """After a failure the end products of the run before are no reason to call the run done."""
    classify = project / "scripts/classify.py"
    good = classify.read_text()
    classify.write_text(
        good.replace("def work(step: Step) -> None:\n", "def work(step: Step) -> None:\n    raise SystemExit(9)\n")
    )
    said = mesenluth(project, "run", "--", "--cores", "2")
    assert said.returncode == 5
    assert (project / "results/figures/flow.png").is_file()
    # The same program again as it was: what failed is still to be done.
    classify.write_text(good)
    assert "classify" in rules(plan(project))
    said = mesenluth(project, "run", "--", "--cores", "2", "--until", "endpoints")
    assert said.returncode == 0, said.stderr
    assert not {"classify", "endpoints"} & rules(plan(project))


def test_a_deleted_intermediate_is_made_again(project):
    (project / "results/response/all/lesion_changes.parquet").unlink()
    assert "classify" in rules(plan(project))


def test_two_hash_seeds_give_the_same_plan(project):
    for seed in ("1", "2"):
        said = call(project, "snakemake", "--dry-run", "--quiet", "rules", PYTHONHASHSEED=seed)
        assert said.returncode == 0
        assert "Nothing to be done" in said.stdout + said.stderr


def test_a_copy_of_a_copy_computes_the_same_after_a_forced_run(project, tmp_path):
    other = clone(project, tmp_path / "second")
    before = artifacts(other)
    said = mesenluth(other, "run", "--", "--cores", "2", "--forcerun", "classify", "--until", "endpoints")
    assert said.returncode == 0, said.stderr
    assert artifacts(other) == before
