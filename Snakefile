"""mesenluth: from a registered data cut to compartment-wise responses, endpoints and figures.

registry -> validation -> lesion classification -> endpoints -> figures, every step writing Parquet.
"""

from snakemake.utils import min_version

min_version("9.27")


configfile: f"{workflow.current_basedir}/config.yaml"


include: "rules/common.smk"
include: "rules/registry.smk"
include: "rules/quality.smk"
include: "rules/picture.smk"
include: "rules/response.smk"
include: "rules/endpoints.smk"
include: "rules/effects.smk"
include: "rules/sensitivity.smk"
include: "rules/figures.smk"
include: "rules/adam.smk"
include: "rules/report.smk"


# Every persisted artifact is a target: a job that failed in the middle never leaves an older end product that counts as done.
rule all:
    default_target: True
    input:
        expand(rules.extract.output, partition=PARTITIONS),
        expand(rules.validate.output, partition=PARTITIONS),
        expand(rules.classify.output, partition=PARTITIONS),
        rules.across.output,
        rules.quality.output,
        expand(rules.profile.output, partition=PARTITIONS),
        expand(rules.compare.output, partition=COMPARED_PARTITIONS),
        rules.picture.output,
        rules.findings.output,
        rules.expectations.output,
        rules.gate.output,
        rules.queries.output,
        rules.endpoints.output,
        rules.effects.output,
        rules.sensitivity.output,
        expand(rules.figure.output, figure=FIGURES),
        rules.adam.output if ADAM_FORMATS else [],
        rules.report.output,
        rules.page.output,
        rules.internal.output if config["report"]["mode"] == "internal" else [],
    message:
        "Every artifact is up to date"
