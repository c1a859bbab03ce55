"""From estimates and responses to figures.

IN   response/<partition>/*.parquet, endpoints/*.parquet
OUT  figures/<figure>.parquet                 exactly what is drawn
     figures/<figure>.svg, .pdf, .png         as the study file asks
"""


rule figure:
    input:
        tables=lambda wildcards: files_of(figure_inputs(wildcards.figure)),
    output:
        data=OUT + "/figures/{figure}.parquet",
        pictures=expand(
            OUT + "/figures/{{figure}}.{format}", format=config["figures"]["formats"]
        ),
    log:
        OUT + "/logs/figure/{figure}.log",
    benchmark:
        OUT + "/logs/figure/{figure}.benchmark.tsv"
    conda:
        "../envs/mesenluth.yaml"
    params:
        code=code("figure"),
        env=ENV,
        settings=settings(config, "figures"),
    """Draw one figure from the tables it needs."""
    message:
        "Drawing {wildcards.figure}"
    shell:
        "python {workflow.basedir:q}/scripts/figure.py --name {wildcards.figure} --input {input.tables:q}"
        " --output {OUT:q}/figures"
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
