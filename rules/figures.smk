"""From estimates and responses to figures.

IN   response/<partition>/*.parquet, endpoints/*.parquet, sensitivity/sensitivity.parquet
OUT  figures/<figure>.parquet                 exactly what is drawn
     figures/<figure>.svg, .pdf, .png         as the study file asks
"""


# Draw one figure from the tables it needs.
rule figure:
    input:
        tables=lambda wildcards: files_of(figure_inputs(wildcards.figure)),
    output:
        data=out("figures/{figure}.parquet"),
        pictures=[
            (
                report(
                    out(f"figures/{{figure}}.{kind}"),
                    caption="captions/figure.rst",
                    category=filed_under,
                    labels=said_of,
                )
                if kind == FILED_FORMAT
                else out(f"figures/{{figure}}.{kind}")
            )
            for kind in config["figures"]["formats"]
        ],
    log:
        out("logs/figure/{figure}.log"),
    benchmark:
        out("logs/figure/{figure}.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("figure"),
        runtime=time_of("figure"),
    params:
        code=code("figure"),
        env=ENV,
        to=subpath(output.data, parent=True),
        settings=settings(config, "figures"),
    message:
        "Drawing {wildcards.figure}"
    shell:
        'python "$MESENLUTH_HOME"/scripts/figure.py --name {wildcards.figure} --input {input.tables:q}'
        " --output {params.to:q}"
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
