"""From typed tables to rows that may be analysed, findings, and the gate.

IN   registry/<partition>/*.parquet
OUT  validated/<partition>/<table>.parquet         rows that keep every error rule
     quality/<partition>/{findings,row_counts,rule_counts}.parquet
     quality/registry/{findings,rule_counts}.parquet     rules that compare patients of several centres
     quality/{findings,row_counts,rule_counts}.parquet   of the whole cut: read = after_cut + accepted + quarantined
     quality/queries.parquet, queries/             what each centre is asked, one CSV and XLSX a centre
     quality/judged/gate.parquet, expectations.json    conditions and suites as great_expectations judged them
     quality/gx/, data_docs.html                   its project: suites, checkpoints, results; a page of them
     quality/gate.parquet                          whether the cut may be analysed
"""


# Judge every row by the table contracts and the catalogue of clinical rules.
rule validate:
    input:
        tables=rules.extract.output.tables,
        unreadable=rules.extract.output.unreadable,
        counts=rules.extract.output.counts,
    output:
        tables=expand(out("validated/{{partition}}/{table}.parquet"), table=TABLES),
        findings=out("quality/{partition}/findings.parquet"),
        rule_counts=out("quality/{partition}/rule_counts.parquet"),
        row_counts=out("quality/{partition}/row_counts.parquet"),
    log:
        out("logs/validate/{partition}.log"),
    benchmark:
        out("logs/validate/{partition}.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("validate"),
        runtime=time_of("validate"),
    params:
        code=code("validate"),
        env=ENV,
        quality=subpath(output.findings, parent=True),
        to=out("validated/{partition}"),
        settings=settings(config, "validate"),
    message:
        "Validating every row ({wildcards.partition})"
    shell:
        'python "$MESENLUTH_HOME"/scripts/validate.py --input {input:q}'
        " --output {params.to:q} --quality {params.quality:q}"
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"


# Judge the rules that compare patients of several centres, where the centres come together.
rule across:
    input:
        tables=files_of(ACROSS_READS),
    output:
        findings=out("quality/registry/findings.parquet"),
        rule_counts=out("quality/registry/rule_counts.parquet"),
    log:
        out("logs/across.log"),
    benchmark:
        out("logs/across.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("across"),
        runtime=time_of("across"),
    params:
        code=code("across"),
        env=ENV,
        to=subpath(output.findings, parent=True),
        settings=settings(config, "across"),
    message:
        "Comparing patients over the centres"
    shell:
        'python "$MESENLUTH_HOME"/scripts/across.py --input {input:q} --output {params.to:q}'
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"


# Add up row and rule counts over the partitions.
rule quality:
    input:
        rows=of_all_partitions("quality", "row_counts"),
        rules=of_all_partitions("quality", "rule_counts"),
        across=rules.across.output.rule_counts,
    output:
        rows=out("quality/row_counts.parquet"),
        rules=out("quality/rule_counts.parquet"),
    log:
        out("logs/quality.log"),
    benchmark:
        out("logs/quality.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("quality"),
        runtime=time_of("quality"),
    params:
        code=code("quality"),
        env=ENV,
        to=subpath(output.rows, parent=True),
    message:
        "Adding up row and rule counts"
    shell:
        'python "$MESENLUTH_HOME"/scripts/quality.py --input {input:q} --output {params.to:q}'
        " --code {params.code} --env {params.env} > {log:q} 2>&1"


# Collect the findings of the whole cut, contradicted recorded responses among them.
rule findings:
    input:
        findings=of_all_partitions("quality", "findings"),
        across=rules.across.output.findings,
        disagreements=of_all_partitions("response", "response_disagreements"),
        patients=of_all_partitions("validated", "patients"),
    output:
        findings=out("quality/findings.parquet"),
    log:
        out("logs/findings.log"),
    benchmark:
        out("logs/findings.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("findings"),
        runtime=time_of("findings"),
    params:
        code=code("findings"),
        env=ENV,
        to=subpath(output.findings, parent=True),
    message:
        "Collecting the findings of the cut"
    shell:
        'python "$MESENLUTH_HOME"/scripts/findings.py --input {input:q} --output {params.to:q}'
        " --code {params.code} --env {params.env} > {log:q} 2>&1"


# Write what each centre is asked; what it has answered already is not asked again.
rule queries:
    input:
        findings=rules.findings.output.findings,
        answers=ANSWERS,
    output:
        queries=out("quality/queries.parquet"),
        files=directory(out("quality/queries")),
    log:
        out("logs/queries.log"),
    benchmark:
        out("logs/queries.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("queries"),
        runtime=time_of("queries"),
    params:
        code=code("queries"),
        env=ENV,
        to=subpath(output.queries, parent=True),
        settings=json.dumps(
            {"study": json.loads(settings(config, "queries")), "answers": ANSWERS},
            sort_keys=True,
        ),
    message:
        "Writing the queries to the centres"
    shell:
        'python "$MESENLUTH_HOME"/scripts/queries.py --input {input.findings:q} --output {params.to:q}'
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"


# Let great_expectations judge accepted rows, what the rules found, counts and conditions; keep what it says as files.
rule expectations:
    input:
        rows=rules.quality.output.rows,
        rules=rules.quality.output.rules,
        findings=of_all_partitions("quality", "findings"),
        across=rules.across.output.findings,
        profiles=of_all_partitions("quality", "profile"),
        tables=files_of(TABLES),
    output:
        judged=out("quality/judged/gate.parquet"),
        expectations=out("quality/expectations.json"),
        project=directory(out("quality/gx")),
        page=report(
            out("quality/data_docs.html"),
            caption="captions/expectations.rst",
            category="Data quality",
            labels={"document": "expectations and their results"},
        ),
    log:
        out("logs/expectations.log"),
    benchmark:
        out("logs/expectations.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("expectations"),
        runtime=time_of("expectations"),
    params:
        code=code("expectations"),
        env=ENV,
        to=subpath(output.page, parent=True),
        judged=subpath(output.judged, parent=True),
        settings=json.dumps(
            {"study": json.loads(settings(config, "expectations")), "cut": CUT.name},
            sort_keys=True,
        ),
    message:
        "Judging tables, rules and counts with great_expectations"
    shell:
        'python "$MESENLUTH_HOME"/scripts/expectations.py --input {input:q} --output {params.to:q}'
        " --judged {params.judged:q}"
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"


# Stop a cut that does not meet its conditions, before any endpoint is computed.
rule gate:
    input:
        judged=rules.expectations.output.judged,
    output:
        gate=out("quality/gate.parquet"),
    log:
        out("logs/gate.log"),
    benchmark:
        out("logs/gate.benchmark.tsv")
    retries: 0  # a refused cut is refused again
    localrule: True  # a look at a small table; not worth a place in a queue
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("gate"),
        runtime=time_of("gate"),
    params:
        code=code("gate"),
        env=ENV,
        to=subpath(output.gate, parent=True),
        settings=settings(config, "gate"),
    message:
        "Judging the cut at the data quality gate"
    shell:
        'python "$MESENLUTH_HOME"/scripts/gate.py --input {input:q} --output {params.to:q}'
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
