# SPDX-License-Identifier: BSD-3-Clause
"""A server that speaks as `amos serve` does, by docs/viewer.md alone: slices of the case of mock.py."""
import array
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import mock


def layers() -> dict:
    """Each layer: type, and the numbers of its voxels, x fastest."""
    return {"image": ("h", [mock.LEVELS[code] - 24 for code in mock.codes()]),
        "reference": ("B", mock.labels("reference")),
            "prediction": ("B", mock.labels("prediction"))}


def slice_bytes(layer: tuple, plane: str, index: int) -> bytes:
    kind, values = layer
    nx, ny, nz = mock.SHAPE
    place = {"axial": [(x, y, index) for y in range(ny) for x in range(nx)],
             "coronal": [(x, index, z) for z in range(nz) for x in range(nx)],
             "sagittal": [(index, y, z) for z in range(nz) for y in range(ny)]}[plane]
    numbers = array.array(kind, (values[x + nx * (y + ny * z)] for x, y, z in place))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, body, kind="application/json", status=200):
        data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(data)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        server, path = self.server, unquote(self.path.split("?")[0])
        server.asked.append(path)
        first, *rest = path.strip("/").split("/")
        if first in server.files:
            self.answer(*server.files[first])
        elif first == "case":
            self.answer({**mock.case(server.entries[rest[0]]), **server.facts})
        elif first == "slice":
            self.answer(slice_bytes(server.layers[rest[1]], rest[2], int(rest[3])), "application/octet-stream")
        elif first in ("scores", "findings"):
            self.answer(server.entries[rest[0]])
        elif first == "verdicts":
            self.answer({"verdicts": server.verdicts})
        else:
            self.answer("There is no such page.", "text/plain", 404)

    def do_POST(self):
        verdict = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.full:
            self.answer("verdicts.jsonl: no space left on device.", "text/plain", 500)
            return
        self.server.verdicts.append(verdict)
        self.answer({"kept": True})


def start(count: int = 4) -> ThreadingHTTPServer:
    """A server in a thread of its own. `entries`, `verdicts`, `asked` and `full` can be looked at and changed."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    whole = mock.data_set(count, count)
    server.entries = {one["id"]: one for one in whole["cases"]}
    later = {"scores": None, "volumes": None, "predicted": None, "findings": None, "file": None}
    served = {**whole, "kind": "serve", "cases": [{**one, **later} for one in whole["cases"]]}
    server.files = {
        "": (mock.viewer_file("index.html").replace("<!--amos:scripts-->", mock.SCRIPTS), "text/html; charset=utf-8"),
        "viewer.js": (mock.viewer_file("viewer.js"), "text/javascript; charset=utf-8"),
        "viewer.css": (mock.viewer_file("viewer.css"), "text/css; charset=utf-8"),
        "set.js": (mock.script("set", served), "text/javascript; charset=utf-8"),
    }
    server.facts = {"image": {"type": "int16", "scale": [1, 24]}, "reference": {"type": "uint8"},
        "prediction": {"type": "uint8"},
                    "worst": None, "scores": None, "findings": None, "volumes": None}
    server.layers, server.verdicts, server.asked, server.full = layers(), [], [], False
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
