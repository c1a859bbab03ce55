"""From responses and times to events to the ADaM data sets of CDISC; in the default target where the study asks for it.

IN   validated/<partition>/*.parquet, response/<partition>/*.parquet, endpoints/time_to_event.parquet
OUT  adam/{adsl,adtr,adrs,adtte}.{parquet,json,ndjson,xpt}   the formats of exports.adam
     adam/define.xml                                         what stands in them
     adam/xpt_text_changes.parquet                           texts that XPT holds without their accents
"""


# Write ADSL, ADTR, ADRS and ADTTE in every format the study asks for.
rule adam:
    input:
        tables=files_of(ADAM_INPUTS),
    output:
        data=expand(
            out("adam/{dataset}.{format}"), dataset=ADAM_DATASETS, format=ADAM_FORMATS
        ),
        define=out("adam/define.xml"),
        changes=[out("adam/xpt_text_changes.parquet")] if "xpt" in ADAM_FORMATS else [],
    log:
        out("logs/adam.log"),
    benchmark:
        out("logs/adam.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("adam"),
        runtime=time_of("adam"),
    params:
        code=code("adam"),
        env=ENV,
        to=subpath(output.define, parent=True),
        settings=settings(config, "adam"),
    message:
        "Writing the ADaM data sets"
    shell:
        'python "$MESENLUTH_HOME"/scripts/adam.py --input {input.tables:q} --output {params.to:q}'
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
