"""From extracted tables and findings to the picture of the registry, and what changed since the cut before.

IN   registry/<partition>/*.parquet, quality/<partition>/findings.parquet
     cuts/<study>/store/...                        of this cut and of the one before it, if there is one
OUT  quality/<partition>/profile.parquet
     quality/<partition>/{earlier_profile,record_changes}.parquet     where there is a cut before
     quality/{picture,preferences,centre_findings,drift,record_changes}.parquet
"""


# Count what was delivered, by table, column and centre.
rule profile:
    input:
        tables=rules.extract.output.tables,
        unreadable=rules.extract.output.unreadable,
    output:
        profile=out("quality/{partition}/profile.parquet"),
    log:
        out("logs/profile/{partition}.log"),
    benchmark:
        out("logs/profile/{partition}.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("profile"),
        runtime=time_of("profile"),
    params:
        code=code("profiles"),
        env=ENV,
        to=subpath(output.profile, parent=True),
    message:
        "Counting what was delivered ({wildcards.partition})"
    shell:
        'python "$MESENLUTH_HOME"/scripts/profiles.py --input {input:q} --output {params.to:q}'
        " --code {params.code} --env {params.env} > {log:q} 2>&1"


# Hold the registered text against that of the cut before.
rule compare:
    input:
        now=lambda wildcards: stored_at(CUT, wildcards.partition),
        earlier=lambda wildcards: stored_at(EARLIER, wildcards.partition),
        known=lambda wildcards: (
            expand(rules.extract.output.tables, partition=wildcards.partition)
            if wildcards.partition in PARTITIONS
            else []
        ),
    output:
        profile=out("quality/{partition}/earlier_profile.parquet"),
        changes=out("quality/{partition}/record_changes.parquet"),
    log:
        out("logs/compare/{partition}.log"),
    benchmark:
        out("logs/compare/{partition}.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("compare"),
        runtime=time_of("compare"),
    params:
        code=code("compare"),
        env=ENV,
        to=subpath(output.profile, parent=True),
        settings=compared,
    message:
        "Comparing with the cut before ({wildcards.partition})"
    shell:
        'python "$MESENLUTH_HOME"/scripts/compare.py --input {input:q} --output {params.to:q}'
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"


# Draw up completeness, plausibility, preferences and drift of the whole cut.
rule picture:
    input:
        profile=of_all_partitions("quality", "profile"),
        findings=of_all_partitions("quality", "findings"),
        across=rules.across.output.findings,
        earlier=[
            out(f"quality/{p}/earlier_profile.parquet") for p in COMPARED_PARTITIONS
        ],
        changes=[
            out(f"quality/{p}/record_changes.parquet") for p in COMPARED_PARTITIONS
        ],
    output:
        picture=out("quality/picture.parquet"),
        tables=expand(out("quality/{table}.parquet"), table=PICTURE_TABLES),
    log:
        out("logs/picture.log"),
    benchmark:
        out("logs/picture.benchmark.tsv")
    conda:
        "../envs/mesenluth.yaml"
    resources:
        mem_mb=memory("picture"),
        runtime=time_of("picture"),
    params:
        code=code("picture"),
        env=ENV,
        to=subpath(output.picture, parent=True),
        settings=settings(config, "picture"),
    message:
        "Drawing up the picture of the registry"
    shell:
        'python "$MESENLUTH_HOME"/scripts/picture.py --input {input:q} --output {params.to:q}'
        " --settings {params.settings:q} --code {params.code} --env {params.env} > {log:q} 2>&1"
