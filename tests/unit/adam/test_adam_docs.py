"""The pages on the exports are true: the table of variables is the contracts', and the example runs."""

import re
from pathlib import Path

from adam_samples import DATASETS, sample

from mesenluth.adam.dictionary import dictionary
from mesenluth.tables.io import write_table


def test_the_page_of_variables_is_up_to_date(root):
    assert (root / "docs/adam_variables.md").read_text() == dictionary(), (
        "run: python -m mesenluth.adam.dictionary > docs/adam_variables.md"
    )


def test_the_python_example_runs(root, tmp_path, monkeypatch, capsys):
    made = sample("mesenluth")
    folder = tmp_path / "results/adam"
    folder.mkdir(parents=True)
    for name, content in made.files.items():
        (folder / name).write_bytes(content)
    for name, frame in made.frames.items():
        write_table(frame, folder / f"{name}.parquet", DATASETS[name].table)
    examples = re.findall(r"```python\n(.*?)```", (root / "docs/adam.md").read_text(), re.DOTALL)
    # The other one needs CDISC's engine, which wants an environment of its own.
    (example,) = (e for e in examples if "cdisc_rules_engine" not in e)
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(compile(example, "docs/adam.md", "exec"), names)
    assert capsys.readouterr().out == "Censor\n52 subjects, 10 events\n"
    rows = len(made.frames["adtte"])
    assert rows > 1000
    assert len(names["adtte"]) == len(names["same"]) == len(names["sas"]) == rows


def test_the_remark_on_pandas_read_sas_is_true(tmp_path):
    """A zero of XPT is not 0 there; when pandas mends it, the remark has to go."""
    import pandas as pd

    path = Path(tmp_path) / "adtte.xpt"
    path.write_bytes(sample("mesenluth").files["adtte.xpt"])
    assert 0 < pd.read_sas(path, format="xport", encoding="ascii")["CNSR"].min() < 1e-70


def test_every_parameter_code_of_the_page_exists_in_the_default_study(root):
    frames = sample("mesenluth").frames
    there = {c for n in ("adtr", "adrs", "adtte") for c in frames[n]["PARAMCD"]}
    assert {"BORMES", "PFSMES", "PFSNME", "LDIAM01", "SDIAM", "PFSF", "PFSE", "OS", "NEWL"} <= there


def test_the_kaplan_meier_median_of_the_report_comes_from_adtte():
    """The published 50.3 months (38.2 to 61.7) from the export alone, by lifelines."""
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    times = sample("mesenluth").frames["adtte"]
    mine = times[times["PARAMCD"] == "PFSNME"]
    fit = KaplanMeierFitter().fit(mine["AVAL"], mine["CNSR"] == 0)
    limits = median_survival_times(fit.confidence_interval_).iloc[0]
    assert [round(v, 1) for v in (fit.median_survival_time_, *limits)] == [50.3, 38.2, 61.7]
