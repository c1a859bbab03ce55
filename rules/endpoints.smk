"""From responses of all partitions to estimates.

IN   validated/<partition>/*.parquet, response/<partition>/*.parquet, quality/gate.parquet
OUT  endpoints/estimates.parquet               one tidy row an estimate
     endpoints/time_to_event.parquet           patient x endpoint x compartment x evaluator x rule set
     endpoints/curves.parquet, incidence.parquet   Kaplan-Meier, Aalen-Johansen
     endpoints/subgroup_curves.parquet         Kaplan-Meier of each level of the subgroups
     endpoints/status_changes.parquet          patients whom another set of censoring rules changes, and why
     endpoints/baseline_characteristics.parquet, follow_up_by_centre.parquet
     endpoints/reader_agreement.parquet        readers against each other
     endpoints/published_comparison.parquet, .md   published beside computed
"""


# Compute every estimate of the study, each with its method; only for a cut that passed the gate.
rule endpoints:
    input:
        tables=files_of(ENDPOINT_INPUTS),
        gate=rules.gate.output.gate,
    output:
        tables=expand(out("endpoints/{table}.parquet"), table=ESTIMATES),
        comparison=out("endpoints/published_comparison.md"),
    log:
        out("logs/endpoints.log"),
    benchmark:
        out("logs/endpoints.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("endpoints"),
        runtime=time_of("endpoints"),
    params:
        code=code("endpoints"),
        env=ENV,
        to=subpath(output.comparison, parent=True),
        settings=settings(config, "endpoints"),
    message:
        "Computing the endpoints"
    shell:
        'python "$MESENLUTH_HOME"/scripts/endpoints.py --input {input.tables:q} --output {params.to:q}'
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
