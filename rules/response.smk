"""From validated tables to eligibility and responses.

IN   validated/<partition>/<table>.parquet, quality/<partition>/findings.parquet
OUT  response/<partition>/eligibility.parquet, cohort.parquet         who is analysed, and why the others are not
     response/<partition>/lesion_changes.parquet                      lesion x time point
     response/<partition>/timepoint_responses.parquet                 series x time point (series: patient x compartment x evaluator)
     response/<partition>/best_responses.parquet                      series
     response/<partition>/growth_rates.parquet                        series x period
     response/<partition>/density_responses.parquet, best_density_responses.parquet
     response/<partition>/{metabolic,clinical}_responses.parquet, complications.parquet
     response/<partition>/response_disagreements.parquet              recorded beside computed responses
     response/<partition>/progression_disagreements.parquet           first recorded beside first computed progression
     response/<partition>/reader_pairs.parquet                        time points as two readers read them
"""


# Judge eligibility, then RECIST 1.1 and all other responses of each patient.
rule classify:
    input:
        tables=rules.validate.output.tables,
        findings=rules.validate.output.findings,
    output:
        tables=expand(out("response/{{partition}}/{table}.parquet"), table=RESPONSES),
    log:
        out("logs/classify/{partition}.log"),
    benchmark:
        out("logs/classify/{partition}.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("classify"),
        runtime=time_of("classify"),
    params:
        code=code("classify"),
        env=ENV,
        to=out("response/{partition}"),
        settings=settings(config, "classify"),
    message:
        "Classifying lesions and responses ({wildcards.partition})"
    shell:
        'python "$MESENLUTH_HOME"/scripts/classify.py --input {input:q}'
        " --output {params.to:q}"
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
