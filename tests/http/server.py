# SPDX-License-Identifier: BSD-3-Clause
"""A server for the tests, on loopback: /MODE/NAME is the file NAME of a folder, served well or badly.

usage: server.py FOLDER [CERTIFICATE KEY]

Prints the ports of HTTP, of HTTPS (0: none) and of a proxy, and ends when its stdin is closed. /-/count gives what was
asked of it since /-/reset: {"requests": N, "bytes": N, "ranges": [...], "proxied": [...]}.
"""
import base64
import hashlib
import http.client
import http.server
import json
import os
import re
import select
import socket
import ssl
import sys
import threading
import time
import urllib.parse

folder = sys.argv[1]
ports = {"http": 0, "https": 0}
lock = threading.Lock()
count = {"requests": 0, "bytes": 0, "ranges": [], "most": 0, "proxied": []}
seen = {}  # path: how often it was asked for
running = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    hang = -1

    def log_message(self, *args):
        pass

    def answer(self, code, body=b"", **fields):
        self.send_response(code)
        fields.setdefault("Content_Length", str(len(body)))
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.send_body(body)

    def send_body(self, body):
        if self.hang >= 0:  # so many bytes, and then nothing until the client is gone
            self.wfile.write(body[:self.hang])
            self.connection.recv(1)
            self.close_connection = True
            return
        with lock:
            count["bytes"] += len(body)
        self.wfile.write(body)

    def do_GET(self):
        global running
        kind = self.path.split("?")[0].split("/")
        if kind[1] == "-":
            return self.control(kind[2])
        with lock:
            count["requests"] += 1
            count["ranges"].append(self.headers.get("Range", ""))
            running += 1
            count["most"] = max(count["most"], running)
            seen[self.path] = nth = seen.get(self.path, 0) + 1
        try:
            self.serve(kind[1], "/".join(kind[2:]), nth)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with lock:
                running -= 1

    def control(self, what):
        with lock:
            text = json.dumps(count)
            if what == "reset":
                count.update(requests=0, bytes=0, ranges=[], most=0, proxied=[])
                seen.clear()
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def serve(self, mode, name, nth):
        self.hang = int(mode.split("-")[1]) if mode.startswith("hang") else -1
        before = BEFORE.get(mode.split("-")[0])
        if before and before(self, mode, name, nth):
            return
        if name.startswith("api/records/"):
            return self.answer(200, b"{}" if mode == "bare" else record(), Content_Type="application/json")
        if name.startswith("records/"):
            name = name.split("/files/")[1]
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            return self.answer(404, b"nothing here")
        self.send_file(mode, path, nth)

    def send_file(self, mode, path, nth):
        size = os.path.getsize(path)
        etag = '"changed"' if mode.startswith("changing") and nth > int(mode.split("-")[1]) else '"first"'
        fields = {"ETag": etag}
        if mode == "dated":
            fields = {"Last_Modified": "Sat, 01 Jan 2022 00:00:00 GMT" if nth < 2 else "Sun, 02 Jan 2022 00:00:00 GMT"}
        if mode == "bare":
            fields = {}
        if mode in ("plain", "boasting"):
            fields["Accept_Ranges"] = "bytes"
        if mode == "lying":
            fields["Accept_Ranges"] = "none"
        match = self.headers.get("If-Match")
        if match and match != fields.get("ETag") and mode != "changing-2":
            return self.answer(412, **fields)
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        with open(path, "rb") as file:
            if not wanted or mode in ("whole", "boasting"):
                return self.answer(200, file.read(), **fields)
            first, last = int(wanted[1]), int(wanted[2] or size - 1)
            last = min(last, size - 1)
            if first >= size:
                return self.answer(416, Content_Range=f"bytes */{size}", **fields)
            file.seek(first)
            body = file.read(last - first + 1)
        self.send_part(mode, body, first, last, size, fields)

    def send_part(self, mode, body, first, last, size, fields):
        fields["Content_Range"] = f"bytes {first}-{last}/{size}"
        if mode == "shifted" and first:
            fields["Content_Range"] = f"bytes {first + 1}-{last}/{size}"
        if mode == "unnamed":
            del fields["Content_Range"]
        if mode == "beyond":  # a range that is not in the file
            fields["Content_Range"] = f"bytes {first}-{last}/{last}"
        if mode == "growing" and first:
            fields["Content_Range"] = f"bytes {first}-{last}/{size + 1}"
        if mode == "starred" and first:
            fields["Content_Range"] = f"bytes {first}-{last}/*"
        if mode == "partial":  # fewer bytes than were asked for, and that is said
            body = body[:40000]
            fields["Content_Range"] = f"bytes {first}-{first + len(body) - 1}/{size}"
        if mode == "short":  # fewer than Content-Range says
            body = body[:len(body) - len(body) // 3]
        if mode == "long":
            body += b"more"
        if mode == "early":  # the connection ends within the body
            fields["Content_Length"] = str(len(body))
            body = body[:max(1, len(body) * 2 // 3)]
            self.close_connection = True
        if mode == "stalling":
            fields["Content_Length"] = str(len(body) + 1)
            self.answer(206, body[:100], **fields)
            time.sleep(3)
            self.close_connection = True
            return
        self.answer(206, body, **fields)


class Proxy(http.server.BaseHTTPRequestHandler):
    """Forwards GET of a whole URL, and tunnels by CONNECT. A path below /guarded/ needs a password."""
    protocol_version = "HTTP/1.1"
    login = "Basic " + base64.b64encode(b"user:secret").decode()

    def log_message(self, *args):
        pass

    def is_refused(self, guarded):
        with lock:
            count["proxied"].append(f"{self.command} {self.path}")
        if not guarded or self.headers.get("Proxy-Authorization") == self.login:
            return False
        self.send_response(407)
        self.send_header("Proxy-Authenticate", 'Basic realm="test"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if self.is_refused("/guarded/" in self.path):
            return
        there = http.client.HTTPConnection(url.hostname, url.port)
        there.request("GET", url.path, headers={k: v for k, v in self.headers.items() if not k.startswith("Proxy-")})
        answer = there.getresponse()
        body = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_CONNECT(self):
        """Each name is the server of the tests; guarded.invalid needs a password, closed.invalid is refused."""
        host, port = self.path.rsplit(":", 1)
        if self.is_refused(host == "guarded.invalid"):
            return
        if host == "closed.invalid":
            self.send_error(403)
            return
        there = socket.create_connection(("127.0.0.1", int(port)))
        self.send_response_only(200)
        self.end_headers()
        ends = {self.connection: there, there: self.connection}
        while (ready := select.select(list(ends), [], [])[0]):
            for end in ready:
                data = end.recv(65536)
                if not data:
                    self.close_connection = True
                    there.close()
                    return
                ends[end].sendall(data)


def record():
    """What Zenodo says of its files."""
    files = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isfile(path) and not name.startswith("."):
            with open(path, "rb") as file:
                digest = hashlib.md5(file.read()).hexdigest()
            files.append({"key": name, "size": os.path.getsize(path), "checksum": "md5:" + digest})
    return json.dumps({"id": 7262581, "files": files}).encode()


def redirect(handler, mode, name, nth):
    handler.answer(302, b"elsewhere", Location=f"/plain/{name}")
    return True


def loop(handler, mode, name, nth):
    handler.answer(302, Location=handler.path)
    return True


def downgrade(handler, mode, name, nth):
    handler.answer(301, Location=f"http://127.0.0.1:{ports['http']}/plain/{name}")
    return True


def upgrade(handler, mode, name, nth):
    handler.answer(301, Location=f"https://127.0.0.1:{ports['https']}/plain/{name}")
    return True


def signed(handler, mode, name, nth):
    """Each place that it redirects to is good for two requests."""
    handler.answer(307, Location=f"/once-{nth}/{name}")
    return True


def once(handler, mode, name, nth):
    if nth > 2:
        handler.answer(403, b"expired")
        return True
    return False


def busy(handler, mode, name, nth):
    """busy-429-2-0: the first two answers are 429 with Retry-After: 0; "x" stands for no Retry-After."""
    _, code, times, wait = mode.split("-")
    if nth > int(times):
        return False
    fields = {} if wait == "x" else {"Retry_After": wait}
    if wait == "date":
        fields["Retry_After"] = "Wed, 01 Jan 2020 00:00:00 GMT"
    handler.answer(int(code), b"busy" * 100000 if wait == "x" else b"busy", **fields)
    return True


def refuse(handler, mode, name, nth):
    handler.answer(int(mode.split("-")[1]), b"no")
    return True


def login(handler, mode, name, nth):
    if handler.headers.get("Authorization") == "Basic dXNlcjpzZWNyZXQ=":  # user:secret
        return False
    handler.answer(401, b"who are you?", WWW_Authenticate='Basic realm="test"')
    return True


def drop(handler, mode, name, nth):
    """Closes the connection without an answer, as often as the mode says."""
    if nth > int(mode.split("-")[1]):
        return False
    handler.close_connection = True
    handler.connection.close()
    return True


BEFORE = {"redirect": redirect, "loop": loop, "downgrade": downgrade, "upgrade": upgrade, "signed": signed,
          "once": once, "busy": busy, "refuse": refuse, "login": login, "drop": drop}


def start(certificate=None, key=None, handler=Handler):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *args: None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


ports["http"] = start()
if len(sys.argv) > 3:
    ports["https"] = start(*sys.argv[2:4])
print(ports["http"], ports["https"], start(handler=Proxy), flush=True)
sys.stdin.read()
