"""From typed tables to rows that may be analysed, findings, and the gate.

IN   registry/<partition>/*.parquet
OUT  validated/<partition>/<table>.parquet         rows that keep every error rule
     quality/<partition>/{findings,row_counts,rule_counts}.parquet
     quality/{findings,row_counts,rule_counts}.parquet   of the whole cut: read = after_cut + accepted + quarantined
     quality/gate.parquet, expectations.json       whether the cut may be analysed, judged by great_expectations
"""


rule validate:
    input:
        tables=rules.extract.output.tables,
        unreadable=rules.extract.output.unreadable,
        counts=rules.extract.output.counts,
    output:
        tables=expand(OUT + "/validated/{{partition}}/{table}.parquet", table=TABLES),
        findings=OUT + "/quality/{partition}/findings.parquet",
        rule_counts=OUT + "/quality/{partition}/rule_counts.parquet",
        row_counts=OUT + "/quality/{partition}/row_counts.parquet",
    log:
        OUT + "/logs/validate/{partition}.log",
    benchmark:
        OUT + "/logs/validate/{partition}.benchmark.tsv"
    conda:
        "../envs/mesenluth.yaml"
    params:
        code=code("validate"),
        env=ENV,
        settings=settings(config, "validate"),
    """Judge every row by the table contracts and the catalogue of clinical rules."""
    message:
        "Validating every row ({wildcards.partition})"
    shell:
        "python {workflow.basedir:q}/scripts/validate.py --input {input:q}"
        " --output {OUT:q}/validated/{wildcards.partition} --quality {OUT:q}/quality/{wildcards.partition}"
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"


rule quality:
    input:
        rows=of_all_partitions("quality", "row_counts"),
        rules=of_all_partitions("quality", "rule_counts"),
    output:
        rows=OUT + "/quality/row_counts.parquet",
        rules=OUT + "/quality/rule_counts.parquet",
    log:
        OUT + "/logs/quality.log",
    benchmark:
        OUT + "/logs/quality.benchmark.tsv"
    conda:
        "../envs/mesenluth.yaml"
    params:
        code=code("quality"),
        env=ENV,
    """Add up row and rule counts over the partitions."""
    message:
        "Adding up row and rule counts"
    shell:
        "python {workflow.basedir:q}/scripts/quality.py --input {input:q} --output {OUT:q}/quality"
        " --code {params.code} --env {params.env} > {log:q} 2>&1"


rule findings:
    input:
        findings=of_all_partitions("quality", "findings"),
        disagreements=of_all_partitions("response", "response_disagreements"),
    output:
        findings=OUT + "/quality/findings.parquet",
    log:
        OUT + "/logs/findings.log",
    benchmark:
        OUT + "/logs/findings.benchmark.tsv"
    conda:
        "../envs/mesenluth.yaml"
    params:
        code=code("findings"),
        env=ENV,
    """Collect the findings of the whole cut, contradicted recorded responses among them."""
    message:
        "Collecting the findings of the cut"
    shell:
        "python {workflow.basedir:q}/scripts/findings.py --input {input:q} --output {OUT:q}/quality"
        " --code {params.code} --env {params.env} > {log:q} 2>&1"


rule gate:
    input:
        rows=rules.quality.output.rows,
        rules=rules.quality.output.rules,
    output:
        gate=OUT + "/quality/gate.parquet",
        expectations=OUT + "/quality/expectations.json",
    log:
        OUT + "/logs/gate.log",
    benchmark:
        OUT + "/logs/gate.benchmark.tsv"
    conda:
        "../envs/mesenluth.yaml"
    params:
        code=code("gate"),
        env=ENV,
        settings=settings(config, "gate"),
    """Let great_expectations judge counts and conditions; a refused cut stops here."""
    message:
        "Judging the cut at the data quality gate"
    shell:
        "python {workflow.basedir:q}/scripts/gate.py --input {input:q} --output {OUT:q}/quality"
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
