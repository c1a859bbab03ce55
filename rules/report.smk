"""From estimates to pages for people.

IN   endpoints/*.parquet, response/<partition>/*.parquet, quality/*.parquet, sensitivity/sensitivity.parquet
OUT  report/results.md
"""


# Write the results as one Markdown page, published beside computed first.
rule report:
    input:
        tables=files_of(REPORT_INPUTS),
    output:
        page=out("report/results.md"),
    log:
        out("logs/report.log"),
    benchmark:
        out("logs/report.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    params:
        code=code("report"),
        env=ENV,
        to=subpath(output.page, parent=True),
        settings=settings(config, "report"),
    message:
        "Writing the results page"
    shell:
        'python "$MESENLUTH_HOME"/scripts/report.py --input {input.tables:q} --output {params.to:q}'
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
