"""From estimates to pages for people.

IN   endpoints/*.parquet, response/<partition>/*.parquet, quality/*.parquet, sensitivity/sensitivity.parquet,
     figures/*
OUT  report/results.md
     report/tables.md, .docx  the numbered tables of a manuscript
     report/report.html       numbers of groups alone
     report/internal.html     the same, and the patients behind each number; only where it is asked for
"""


# Write the results as one Markdown page, published beside computed first, and the tables of a manuscript.
rule report:
    input:
        tables=files_of(REPORT_INPUTS),
    output:
        page=out("report/results.md"),
        tables=out("report/tables.md"),
        manuscript=report(
            out("report/tables.docx"),
            caption="captions/tables.rst",
            category="Results",
            labels={"document": "tables of the manuscript"},
        ),
    log:
        out("logs/report.log"),
    benchmark:
        out("logs/report.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("report"),
        runtime=time_of("report"),
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


# Write the page that may be passed on: numbers of groups alone, published beside computed first.
rule page:
    input:
        tables=files_of(REPORT_INPUTS),
        figures=figure_files(public=True),
    output:
        page=report(
            out("report/report.html"),
            caption="captions/results.rst",
            category="Results",
            labels={"document": "page of results"},
        ),
    log:
        out("logs/page.log"),
    benchmark:
        out("logs/page.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("page"),
        runtime=time_of("page"),
    params:
        code=code("page"),
        env=ENV,
        to=subpath(output.page, parent=True),
        figures=folder_of_figures,
        settings=settings(config, "page"),
    message:
        "Writing the report"
    shell:
        'python "$MESENLUTH_HOME"/scripts/page.py --mode public --figures {params.figures:q}'
        " --input {input.tables:q} --output {params.to:q}"
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"


# Write the page for those who may see the patients: each number leads to them, and to their records.
rule internal:
    input:
        tables=files_of(ASK_INPUTS),
        figures=figure_files(public=False),
    output:
        page=out("report/internal.html"),
    log:
        out("logs/internal.log"),
    benchmark:
        out("logs/internal.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("page"),
        runtime=time_of("page"),
    params:
        code=code("page"),
        env=ENV,
        to=subpath(output.page, parent=True),
        figures=folder_of_figures,
        settings=settings(config, "page"),
    message:
        "Writing the report with its patients"
    shell:
        'python "$MESENLUTH_HOME"/scripts/page.py --mode internal --figures {params.figures:q}'
        " --input {input.tables:q} --output {params.to:q}"
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
