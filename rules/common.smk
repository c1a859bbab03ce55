"""Configuration, the registered cut, and the fingerprints every rule carries. No rules."""

import json
import os
import sys

ROOT = workflow.basedir
SOURCE = os.path.join(ROOT, "src")

# The jobs run this Python and the package beside this Snakefile: the code that is hashed is the code that runs.
if SOURCE not in sys.path:
    sys.path.insert(0, SOURCE)
os.environ["PATH"] = os.pathsep.join(
    [os.path.dirname(sys.executable), os.environ["PATH"]]
)
os.environ["PYTHONPATH"] = os.pathsep.join(
    [SOURCE, *filter(None, [os.environ.get("PYTHONPATH")])]
)
# One job, one thread unless the rule says otherwise: no library takes all cores behind the scheduler's back.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from snakemake.exceptions import WorkflowError

from mesenluth.endpoints.names import INPUTS as ENDPOINT_INPUTS
from mesenluth.errors import MesenluthError
from mesenluth.figures.names import figure_names, inputs as figure_inputs
from mesenluth.provenance.fingerprint import code_hash, file_hash
from mesenluth.registry.cut import current
from mesenluth.report.names import INPUTS as REPORT_INPUTS
from mesenluth.study import SCHEMA, settings, validate
from mesenluth.tables.registry import REGISTRY

try:
    validate(config, os.path.join(ROOT, SCHEMA))
    CUT = current(config)
except MesenluthError as error:
    raise WorkflowError(str(error))

OUT = config["output"]
PARTITIONS = CUT.partitions
TABLES = list(REGISTRY)
FIGURES = figure_names(config)
ENV = file_hash(os.path.join(ROOT, "envs", "study.lock"))

RESPONSES = [
    "eligibility",
    "cohort",
    "lesion_changes",
    "timepoint_responses",
    "best_responses",
    "metabolic_responses",
    "clinical_responses",
    "complications",
    "response_disagreements",
]
ESTIMATES = ["estimates", "time_to_event", "curves", "baseline", "published_comparison"]


wildcard_constraints:
    partition="[A-Za-z0-9_-]+",
    table="[a-z_]+",
    figure="[a-z0-9_]+",


def code(step):
    """Hash of a step's program and of every project module it imports."""
    return code_hash(os.path.join(ROOT, "scripts", step + ".py"), SOURCE)


def of_all_partitions(folder, table):
    """Files of one table, one a partition."""
    return expand(
        OUT + "/{folder}/{partition}/{table}.parquet",
        folder=folder,
        partition=PARTITIONS,
        table=table,
    )


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
        else:
            found.append(f"{OUT}/quality/{table}.parquet")
    return found
