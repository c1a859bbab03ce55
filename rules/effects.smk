"""From rows in quarantine and the study as it was analysed to what each rule takes away from each endpoint.

IN   registry/<partition>/*.parquet, validated/<partition>/*.parquet, quality/findings.parquet
     response/<partition>/*.parquet, endpoints/time_to_event.parquet
OUT  quality/finding_effects.parquet           by rule and patient
     quality/rule_effects.parquet              by rule
"""


# Derive the patients whom rows in quarantine are about once more, with these rows put back.
rule effects:
    input:
        tables=files_of([*TABLES, *EFFECT_INPUTS]),
        findings=rules.findings.output.findings,
        delivered=files_of_delivered(TABLES),
    output:
        fine=out("quality/finding_effects.parquet"),
        effects=out("quality/rule_effects.parquet"),
    log:
        out("logs/effects.log"),
    benchmark:
        out("logs/effects.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("effects"),
        runtime=time_of("effects"),
    params:
        code=code("effects"),
        env=ENV,
        to=subpath(output.effects, parent=True),
        delivered=json.dumps(files_of_delivered(TABLES)),
        settings=settings(config, "effects"),
    message:
        "Deriving what quarantine takes from the endpoints"
    shell:
        'python "$MESENLUTH_HOME"/scripts/effects.py --input {input.tables:q} {input.findings:q}'
        " --delivered {params.delivered:q} --output {params.to:q}"
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
