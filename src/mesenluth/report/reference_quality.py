"""The page of data quality rules, written from the table contracts and the catalogue."""

from __future__ import annotations

from pathlib import Path

from ..quality.catalogue import Rule, load, shown
from ..quality.checks import CHECKS
from ..tables.registry import REGISTRY

EXAMPLE_FILE = "studies/rules_example.yaml"
OVER = ". Scope: registry"
QUALITY = """# Data quality rules

Written from the table contracts and `src/mesenluth/quality/rules.yaml` by
`python -m mesenluth.report.reference quality`; do not edit it here.

A row that fails an **error** rule is quarantined: kept with its findings, left out of the analysis, together with the
rows that refer to it. A **warning** or an **info** flags the row, which stays. Read = after the cut + accepted +
quarantined, for every table.

A recorded response that contradicts its own measurements is a finding too (`responses.contradicts_measurements`,
warning): recorded responses are compared with the computed ones and never used to compute anything.

## great_expectations

Every row is judged by the rules below. great_expectations judges what came out of it: the accepted rows of each table
by the table's contract (suite `<table>`), what each rule found in each centre (suite `<table>_rules`), and the counts
and conditions of the gate. An expectation that raised an error, an empty table, and a column without a value have
failed.

`results/quality/gx` is a project of great_expectations: suites, validation definitions, checkpoints and validation
results are JSON files that any of its users can open:

```python
import great_expectations as gx

context = gx.get_context(mode="file", context_root_dir="results/quality/gx")
frame = pd.read_parquet("results/validated/all/measurements.parquet", dtype_backend="pyarrow")
context.checkpoints.get("measurements").run(batch_parameters={"dataframe": frame})
```

Names that great_expectations draws at random follow from the content here, and the time of the run is the date of the
cut, so that the files are the same, byte for byte, whenever the same data are judged. No file of a run differs
between equal runs but those in `results/logs`.

`results/quality/data_docs.html` shows suites, results and failing rules by centre in one page that loads nothing from
any network. Names of patients and records are hidden there, dates keep year and month, and text that is no code its
first character.

## Rules over several centres

The work may be split by centre or by patient (`cut.partition`); what comes out is the same. A part holds patients
with all their records. Patients whose records are linked, because two records share a key or one refers to another,
stay together, and where they are of several centres they make up the part `across`: keys and references are judged
with both sides at hand. Rules whose scope is *registry* compare patients of all centres. They are judged after all
parts, on the accepted patients, and flag only; a record that changes in one centre runs that centre and what adds up
the centres, nothing else.
"""
HOW = """## A rule of your own

A data manager adds a rule without Python: write it in a YAML file and name the file under `quality.rules` of the
study file. It is judged after the rules of the program, and stands in the findings, the counts, the gate, the queries
and the picture like any other. A mistake in the file is refused with the file, the rule and the key before anything
runs.

```yaml
quality:
  rules: {file}
```

That file, with two examples:

```yaml
{content}
```

`condition` speaks the language of the study file: `column` with one of `in`, `equals`, `is`, `known`, `at_least`,
`at_most`, `more_than`, `less_than`, and `all`, `any`, `not` over conditions. Rows for which it is true fail; a
missing value fails nothing but `known: false`. What a condition cannot say, a check may:

| check | tables | parameters | fails |
|---|---|---|---|
"""


def quality(root: str | Path) -> str:
    """Return the page of data quality rules."""
    catalogue = load()
    content = (Path(root) / EXAMPLE_FILE).read_text(encoding="utf-8").strip()
    checks = [
        f"| `{name}` | {', '.join(known.tables) or 'any'} | {', '.join(f'`{p}`' for p in known.parameters) or 'none'} |"
        f" {_says(known.run.__doc__)} |"
        for name, known in sorted(CHECKS.items())
    ]
    how = HOW.replace("{file}", EXAMPLE_FILE).replace("{content}", content) + "\n".join(checks)
    blocks = [QUALITY.strip(), how.strip()]
    for severity in ("error", "warning", "info"):
        lines = [
            f"## Clinical rules: {severity}",
            "",
            "| rule | what is wrong | a row that fails | why it matters | source |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| `{r.id}` | {r.message} | {r.example} | {r.why} | {r.source}{OVER * (r.scope == 'registry')} |"
            for r in catalogue.clinical
            if r.severity == severity
        ]
        if len(lines) > 4:
            blocks.append("\n".join(lines))
    head = "| rule | severity | what is wrong | a row that fails |"
    lines = ["## Rules of the table contracts", "", head, "|---|---|---|---|"]
    lines += [f"| `{r.id}` | {r.severity} | {r.message} | {contract_example(r)} |" for r in catalogue.contract]
    blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _says(text: str | None) -> str:
    """Return the first sentence of a check's description, without its verb."""
    first = (text or "").strip().split("\n\n")[0].replace("\n", " ")
    return " ".join(first.removeprefix("Fail ").split()).removesuffix(".")


def contract_example(rule: Rule) -> str:
    """Return what a finding of a contract rule shows of a row that fails it."""
    if rule.kind == "unique":
        return f"{rule.columns[0]}=twin, in two rows"
    column = REGISTRY[rule.table].column(rule.columns[0])
    name = shown(column)[0]
    if rule.kind == "range":
        step = 1 if column.type == "int" else 0.001
        limit = column.maximum + step if column.maximum is not None else (column.minimum or 0) - step
        return f"{name}={limit / (1000 if column.unit == 'um' else 1):.10g}"
    return (
        f"{name}=" + {"readable": "?!", "required": "(missing)", "allowed": "bogus", "reference": "nobody"}[rule.kind]
    )
