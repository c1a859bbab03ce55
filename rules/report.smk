"""From estimates to pages for people.

IN   endpoints/*.parquet, response/<partition>/*.parquet, quality/*.parquet
OUT  report/results.md
"""


rule report:
    input:
        tables=files_of(REPORT_INPUTS),
    output:
        page=OUT + "/report/results.md",
    log:
        OUT + "/logs/report.log",
    benchmark:
        OUT + "/logs/report.benchmark.tsv"
    conda:
        "../envs/mesenluth.yaml"
    params:
        code=code("report"),
        env=ENV,
        settings=settings(config, "report"),
    """Write the results as one Markdown page, published beside computed first."""
    message:
        "Writing the results page"
    shell:
        "python {workflow.basedir:q}/scripts/report.py --input {input.tables:q} --output {OUT:q}/report"
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
