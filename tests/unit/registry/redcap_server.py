"""A REDCap server for tests: the part of its API that exports metadata and records, as its documentation has it.

POST to /api/ with token, content, format, and for records: records[i], fields[i], rawOrLabel, exportDataAccessGroups.
Errors come as HTTP 403 or 400 and, for the format csv, as text that begins with ``ERROR:``.
"""

import csv
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

METADATA = (
    "field_name", "form_name", "section_header", "field_type", "field_label", "select_choices_or_calculations", "field_note",
    "text_validation_type_or_show_slider_number", "text_validation_min", "text_validation_max", "identifier",
)  # fmt: skip
"""Columns of a data dictionary as the API names them."""


class Redcap:
    """A server of one project on a free port of this machine."""

    def __init__(self, dictionary: str, records: str, token: str) -> None:
        self.dictionary, self.records, self.token = dictionary, records, token
        self.asked: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode(), keep_blank_values=True).items()}
                status, body = outer.answer(form) if self.path == "/api/" else (404, "ERROR: Not Found")
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/"

    def answer(self, form: dict[str, str]) -> tuple[int, str]:
        self.asked.append({k: v for k, v in form.items() if k != "token"})
        if form.get("token") != self.token:
            return 403, "ERROR: You do not have permissions to use the API"
        if form["content"] == "metadata":
            return 200, self._metadata(form["format"])
        if form["content"] == "record":
            return 200, self._export(form)
        return 400, "ERROR: The value of the parameter content is not valid"

    def _metadata(self, kind: str) -> str:
        rows = [dict(zip(METADATA, r, strict=True)) for r in list(csv.reader(io.StringIO(self.dictionary)))[1:]]
        if kind == "json":
            return json.dumps(rows)
        out = io.StringIO()
        writer = csv.DictWriter(out, METADATA, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    def _export(self, form: dict[str, str]) -> str:
        header, *rows = list(csv.reader(io.StringIO(self.records)))
        records = {v for k, v in form.items() if k.startswith("records[")}
        fields = {v for k, v in form.items() if k.startswith("fields[")}
        forms = {v for k, v in form.items() if k.startswith("forms[")}
        # A form's fields and its status; a status alone cannot be asked for as a field.
        fields |= {r[0] for r in csv.reader(io.StringIO(self.dictionary)) if r[1] in forms}
        fields |= {f"{name}_complete" for name in forms}
        rows = [r for r in rows if not records or r[0] in records]
        # Columns of repeats and groups are left out where nothing asks for them.
        repeated = any(dict(zip(header, r, strict=True)).get("redcap_repeat_instrument") for r in rows)
        kept = [
            i for i, c in enumerate(header)
            if (not fields or c.split("___")[0] in fields or c.startswith("redcap_"))
            and (repeated or not c.startswith("redcap_repeat_"))
            and (form.get("exportDataAccessGroups") in ("true", "True", "1") or c != "redcap_data_access_group")
        ]  # fmt: skip
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([[r[i] for i in kept] for r in [header, *rows]])
        return out.getvalue()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
