"""From the registered cut to typed tables.

IN   cuts/<study>/store/<partition>/<table>/<sha256>.parquet   text as delivered, pseudonyms in place
     cuts/<study>/store/<partition>/places/<sha256>.parquet    where rows stand in files, for sources that are files
OUT  registry/<partition>/<table>.parquet                      typed, as known at the cut's date
     registry/<partition>/unreadable.parquet                   cells that could not be read
     registry/<partition>/imputed.parquet                      dates delivered without their day, completed by the study's rule
     registry/<partition>/extraction_counts.parquet            read = after_cut + extracted
"""


# Type the registered text and leave out what was not known at the cut's date.
rule extract:
    input:
        stored=lambda wildcards: CUT.paths(wildcards.partition),
        places=lambda wildcards: CUT.places_paths(wildcards.partition),
    output:
        tables=expand(out("registry/{{partition}}/{table}.parquet"), table=TABLES),
        unreadable=out("registry/{partition}/unreadable.parquet"),
        imputed=out("registry/{partition}/imputed.parquet"),
        counts=out("registry/{partition}/extraction_counts.parquet"),
    log:
        out("logs/extract/{partition}.log"),
    benchmark:
        out("logs/extract/{partition}.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("extract"),
        runtime=time_of("extract"),
    params:
        code=code("extract"),
        env=ENV,
        to=subpath(output.unreadable, parent=True),
        settings=json.dumps(
            {"cut_date": config["cut"]["date"], "readings": CUT.readings},
            sort_keys=True,
        ),
    message:
        "Extracting the registered cut ({wildcards.partition})"
    shell:
        'python "$MESENLUTH_HOME"/scripts/extract.py --input {input:q}'
        " --output {params.to:q}"
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
