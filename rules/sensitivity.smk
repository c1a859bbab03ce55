"""From validated tables to what each definition moves.

IN   validated/<partition>/*.parquet, quality/gate.parquet
OUT  sensitivity/sensitivity.parquet           variant of the study x headline estimate
"""


# Compute the study once more for each definition chosen another way; only for a cut that passed the gate.
rule sensitivity:
    input:
        tables=files_of(TABLES),
        gate=rules.gate.output.gate,
    output:
        table=out("sensitivity/sensitivity.parquet"),
    log:
        out("logs/sensitivity.log"),
    benchmark:
        out("logs/sensitivity.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("sensitivity"),
        runtime=time_of("sensitivity"),
    params:
        code=code("sensitivity"),
        env=ENV,
        to=subpath(output.table, parent=True),
        settings=settings(config, "sensitivity"),
    message:
        "Computing every definition another way"
    shell:
        'python "$MESENLUTH_HOME"/scripts/sensitivity.py --input {input.tables:q} --output {params.to:q}'
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
