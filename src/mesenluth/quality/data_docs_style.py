"""Frame and style of the page of data_docs: one file, no script, nothing loaded."""

from __future__ import annotations

STYLE = """
:root{--ink:#1d2733;--soft:#5b6775;--line:#dde3ea;--paper:#fff;--shade:#f5f7fa;--blue:#1f5f99;
--good:#1a7f4b;--bad:#b3261e;--warn:#8a5a00;--s1:#fde9d3;--s2:#fbcf9f;--s3:#f3a262;--s4:#d9691e}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf1;--soft:#9aa7b5;--line:#33404d;--paper:#151b22;--shade:#1d252e;
--blue:#7db8ee;--good:#5fd08f;--bad:#ff8a80;--warn:#f0b95a;--s1:#4a3420;--s2:#6d4620;--s3:#99591d;--s4:#d9691e}}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--ink);background:var(--paper);
margin:0 auto;padding:2rem 1.5rem 4rem;max-width:84rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .4rem}
h2{font-size:1.2rem;margin:2.4rem 0 .5rem;padding-top:.6rem;border-top:2px solid var(--line)}
h3{font-size:1rem;margin:1.5rem 0 .4rem}
p{margin:.3rem 0 .8rem;max-width:62rem}
.lead{font-size:1.05rem}
nav{display:flex;flex-wrap:wrap;gap:.4rem 1.1rem;margin:1rem 0}
a{color:var(--blue)}
.wide{overflow-x:auto;margin:.4rem 0 .8rem}
table{border-collapse:collapse;font-size:.88rem}
th,td{text-align:left;vertical-align:top;padding:.32rem .6rem;border-bottom:1px solid var(--line)}
th{background:var(--shade);font-weight:600;white-space:nowrap}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.matrix td:first-child{min-width:19rem}
.matrix .n{padding:.32rem .35rem}
code{font:.86em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.good{color:var(--good)}.bad{color:var(--bad)}
.tag{display:inline-block;border-radius:.6rem;padding:0 .5rem;font-size:.8rem;border:1px solid currentColor}
.tag.error{color:var(--bad)}.tag.warning{color:var(--warn)}.tag.info{color:var(--blue)}
.cell{display:inline-block;min-width:1.9rem;text-align:center;border-radius:.2rem}
.s1{background:var(--s1)}.s2{background:var(--s2)}.s3{background:var(--s3);color:#1d2733}.s4{background:var(--s4);color:#fff}
.none{color:var(--soft);display:inline-block;min-width:1.9rem;text-align:center}
details{margin:.3rem 0}summary{cursor:pointer;color:var(--blue)}
.names code{margin-right:.2rem}
@media print{details{display:block}nav{display:none}}
"""

# Braces of the style are no places to fill.
PAGE = (
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>"""
    + STYLE.replace("{", "{{").replace("}", "}}")
    + """</style>
</head>
<body>
{body}
</body>
</html>
"""
)
