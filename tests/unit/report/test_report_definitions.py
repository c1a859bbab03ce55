"""The table of definitions holds every switch that decides a number, and none that does not."""

from pathlib import Path

import yaml

from mesenluth.report.definitions import SECTIONS, definitions_table, switches

CONFIG = yaml.safe_load((Path(__file__).parents[3] / "config.yaml").read_text(encoding="utf-8"))


def test_every_switch_stands_with_its_value():
    page = definitions_table(CONFIG)
    for name, value in CONFIG["response"].items():
        assert f"| `response.{name}` |" in page
        if isinstance(value, int) and not isinstance(value, bool):
            assert f"| `response.{name}` | `{value}` |" in page
    assert "| `compartments.mesenteric.measure_axis` | `longest` |" in page
    assert "| `primary.hypothesis.rate_percent` | `5` |" in page
    assert "| `survival.max_gap_days` | `null` |" in page
    assert '| `compartments.mesenteric.where` | `{"column": "mesenteric_mass", "is": true}` |' in page
    assert "| `endpoints.objective_response.categories` | `CR, PR` |" in page


def test_every_section_of_the_study_file_that_decides_a_number_is_there():
    # Words, places, what was published, and variants, which stand beside the study and decide no number of it.
    silent = {"study", "source", "output", "figures", "report", "exports", "published", "sensitivity"}
    assert set(CONFIG) - silent == set(SECTIONS)


def test_labels_places_and_the_split_of_work_are_left_out():
    page = definitions_table(CONFIG)
    assert "label" not in page
    assert "cut.partition" not in page
    assert "source" not in page


def test_settings_are_named_by_the_ids_of_their_entries():
    given = [{"id": "a", "x": 1, "label": {"en": "A"}}, {"id": "b", "x": {"y": [1, 2]}}]
    assert list(switches(given, "s")) == [("s.a.x", "1"), ("s.b.x.y", "1, 2")]
    assert list(switches([{"x": 1}], "s")) == [("s", '[{"x": 1}]')]
