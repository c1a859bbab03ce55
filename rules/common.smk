"""Configuration, the registered cut, and the fingerprints every rule carries. No rules."""

import json
import os
import sys

# Not the folder of the main Snakefile: this workflow may be a module of another one.
ROOT = os.path.dirname(str(workflow.current_basedir))
SOURCE = os.path.join(ROOT, "src")

if not os.path.isdir(SOURCE):
    # Installed: the package lies where Python found it, and this workflow within it.
    SOURCE = os.path.dirname(os.path.dirname(ROOT))
if SOURCE not in sys.path:
    sys.path.insert(0, SOURCE)

from snakemake.exceptions import WorkflowError

from mesenluth.adam.names import DATASETS as ADAM_DATASETS, INPUTS as ADAM_INPUTS
from mesenluth.adam.names import formats as adam_formats
from mesenluth.effects.names import COMPUTED as EFFECT_INPUTS
from mesenluth.endpoints.names import INPUTS as ENDPOINT_INPUTS
from mesenluth.errors import MesenluthError
from mesenluth.jobs import prepare
from mesenluth.figures.names import figure_names, inputs as figure_inputs
from mesenluth.provenance.fingerprint import code_hash, file_hash
from mesenluth.registry.cut import before, current
from mesenluth.resources import memory_mb, minutes, rows
from mesenluth.report.names import ASK_INPUTS, INPUTS as REPORT_INPUTS
from mesenluth.report.names import shown as shown_figures
from mesenluth.quality.answers import answer_files
from mesenluth.quality.judged import ACROSS_READS
from mesenluth.study import DEFAULT, SCHEMA, merge, read_yaml, settings, validate
from mesenluth.tables.registry import REGISTRY

# A workflow that takes this one in as a module says only what differs from the default study.
config.update(merge(read_yaml(os.path.join(ROOT, DEFAULT)), config))

try:
    validate(config, os.path.join(ROOT, SCHEMA))
    CUT = current(config)
    EARLIER, EARLIER_DATE = before(config) or (None, None)
except MesenluthError as error:
    raise WorkflowError(str(error))

prepare(ROOT, SOURCE)

OUT = config["output"]
PARTITIONS = CUT.partitions
COMPARED_PARTITIONS = sorted({*PARTITIONS, *EARLIER.partitions}) if EARLIER else []
TABLES = list(REGISTRY)
FIGURES = figure_names(config)
ADAM_FORMATS = adam_formats(config)
# The format in which figures are filed in Snakemake's own report: the first of these that the study has drawn.
FILED_FORMAT = next(
    (f for f in ("svg", "png", "pdf") if f in config["figures"]["formats"]), None
)
ENV = file_hash(os.path.join(ROOT, "envs", "study.lock"))

RESPONSES = [
    "eligibility",
    "cohort",
    "lesion_changes",
    "timepoint_responses",
    "best_responses",
    "growth_rates",
    "density_responses",
    "best_density_responses",
    "metabolic_responses",
    "clinical_responses",
    "complications",
    "response_disagreements",
    "progression_disagreements",
    "reader_pairs",
]
ESTIMATES = [
    "estimates",
    "time_to_event",
    "curves",
    "subgroup_curves",
    "incidence",
    "status_changes",
    "baseline_characteristics",
    "follow_up_by_centre",
    "published_comparison",
    "reader_agreement",
]
PICTURE_TABLES = [
    "preferences",
    "value_places",
    "centre_findings",
    "drift",
    "record_changes",
]
# Files of queries that the centres sent back.
ANSWERS = answer_files(config["quality"]["queries"]["answers"])


wildcard_constraints:
    partition="[A-Za-z0-9_-]+",
    table="[a-z_]+",
    figure="[a-z0-9_]+",


def code(step):
    """Hash of a step's program and of every project module it imports."""
    return code_hash(os.path.join(ROOT, "scripts", f"{step}.py"), SOURCE)


def out(path):
    """Place of an artifact of this study."""
    return f"{OUT}/{path}"


def of_all_partitions(folder, table):
    """Files of one table, one a partition."""
    return [f"{OUT}/{folder}/{partition}/{table}.parquet" for partition in PARTITIONS]


def files_of(tables):
    """Where the tables lie that a step across partitions reads."""
    found = []
    for table in tables:
        if table in REGISTRY:
            found += of_all_partitions("validated", table)
        elif table in RESPONSES:
            found += of_all_partitions("response", table)
        elif table in ESTIMATES:
            found.append(f"{OUT}/endpoints/{table}.parquet")
        elif table == "sensitivity":
            found.append(f"{OUT}/sensitivity/{table}.parquet")
        else:
            found.append(f"{OUT}/quality/{table}.parquet")
    return found


def figure_files(public):
    """What is drawn in the figures of a page, and the figures where the study has them drawn as SVG."""
    kinds = ["parquet", *(f for f in config["figures"]["formats"] if f == "svg")]
    return [
        f"{OUT}/figures/{name}.{kind}"
        for name in shown_figures(config, public)
        for kind in kinds
    ]


def folder_of_figures(wildcards, input):
    """Where the figures of a page lie; empty where it has none."""
    return os.path.dirname(input.figures[0]) if input.figures else ""


def files_of_delivered(tables):
    """Where extracted tables lie, of all partitions."""
    return [file for table in tables for file in of_all_partitions("registry", table)]


def stored_at(cut, partition):
    """Files of one partition of a registered cut; none where the cut does not have it."""
    return cut.paths(partition) if cut and partition in cut.tables else []


def compared(wildcards):
    """What the comparison with the cut before needs to know, as one line of JSON."""
    earlier = {
        "date": EARLIER_DATE,
        "readings": EARLIER.readings,
        "files": stored_at(EARLIER, wildcards.partition),
    }
    return json.dumps(
        {"files": stored_at(CUT, wildcards.partition), "earlier": earlier},
        sort_keys=True,
    )


ROWS = {}


def size_of(wildcards):
    """Rows of the registry that a job is about: those of its partition, or all."""
    part = wildcards.get("partition")
    if part not in ROWS:
        parts = [part] if part else PARTITIONS
        stored = [file for name in parts for file in stored_at(CUT, name)]
        ROWS[part] = rows(stored + (stored_at(EARLIER, part) if part else []))
    return ROWS[part]


def memory(step):
    """Memory a job of a step asks for (MB), by its size and attempt."""
    return lambda wildcards, attempt: memory_mb(step, size_of(wildcards), attempt)


def time_of(step):
    """Time a job of a step asks for (minutes), by its size and attempt."""
    return lambda wildcards, attempt: minutes(step, size_of(wildcards), attempt)


def filed_under(wildcards):
    """Heading of Snakemake's own report under which a figure is filed."""
    of_groups = wildcards.figure in shown_figures(config, public=True)
    return "Figures of groups" if of_groups else "Figures of single patients"


def said_of(wildcards):
    """What the list of Snakemake's own report calls a figure."""
    return {"figure": wildcards.figure.replace("_", " ")}
