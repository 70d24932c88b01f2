# SPDX-License-Identifier: BSD-3-Clause
"""`amos serve`, asked over a connection on loopback as the viewer does. The first picture of a case is its description, a
plane of the image and the same plane of the reference, from a server that was just started: with an index on disk that it
has not opened yet, and without one. Warm planes are those of a case that was looked at, in all three directions. The client
is Python's http.client in a process of its own; with 8 clients each has a thread of it."""
import glob
import http.client
import json
import os
import statistics
import subprocess
import threading
import time

from frame import Row

TITLE = "Slices in the browser"
PER_PAIR = True

PLANES = {"axial": 2, "coronal": 1, "sagittal": 0}
SLICES, CLIENTS, PER_CLIENT = 60, 8, 60

ROWS = [
    Row("first picture, index on disk", "serve first with index", "serve one", "at most", 150, unit="ms"),
    Row("first picture, no index yet", "serve first without index", "serve one", unit="ms"),
    Row("warm axial plane, median", "serve axial p50", "serve one", "at most", 15, unit="ms"),
    Row("warm coronal plane, median", "serve coronal p50", "serve one", "at most", 15, unit="ms"),
    Row("warm sagittal plane, median", "serve sagittal p50", "serve one", "at most", 15, unit="ms"),
    Row("warm planes, 95th percentile", "serve p95", "serve one", "at most", 15, unit="ms"),
    Row("warm planes, 99th percentile", "serve p99", "serve one", unit="ms"),
    Row("8 clients: planes a second", "serve rate", "serve one", unit="/s"),
    Row("8 clients: 95th percentile", "serve crowd p95", "serve one", unit="ms"),
]

NOTE = """
Clients and server share the processors here: what 8 clients get is what is left of two processors beside their own Python.
"""


class Server:
    """A server of one case, with a folder of indexes of its own."""

    def __init__(self, bench, root, indexes):
        words = [bench.amos, "serve", root, "-p", os.path.join(root, "labelsTr"), "--json", "--verdicts",
                 os.path.join(bench.folder, "verdicts.jsonl")]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL,
                                        env={**os.environ, "XDG_CACHE_HOME": indexes})
        facts = json.loads(self.process.stdout.readline())
        self.port, self.headers = facts["port"], {"Cookie": "amos_%d=%s" % (facts["port"], facts["url"].split("token=")[1])}

    def connect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.connect()
        return connection

    def get(self, connection, target):
        """The bytes, and the milliseconds."""
        start = time.perf_counter()
        connection.request("GET", target, headers=self.headers)
        answer = connection.getresponse()
        body = answer.read()
        taken = 1000 * (time.perf_counter() - start)
        if answer.status != 200:
            raise SystemExit(f"bench: {target}: {answer.status} {body[:300]!r}")
        return body, taken

    def stop(self):
        self.process.terminate()
        self.process.wait()


def make_set(bench, pair):
    """A data set of the pair alone."""
    root = os.path.join(bench.folder, "set-" + pair.name)
    for folder, file in (("imagesTr", pair.image), ("labelsTr", pair.label)):
        os.makedirs(os.path.join(root, folder), exist_ok=True)
        link = os.path.join(root, folder, "amos_0001.nii.gz")
        if not os.path.lexists(link):
            os.symlink(os.path.abspath(file), link)
    return root


def first_picture(server):
    connection = server.connect()
    body, taken = server.get(connection, "/case/amos_0001")
    depth = json.loads(body)["shape"][2]
    for layer in ("image", "reference"):
        taken += server.get(connection, f"/slice/amos_0001/{layer}/axial/{depth // 2}")[1]
    return taken


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def targets(shape, plane, count):
    size = shape[PLANES[plane]]
    return [f"/slice/amos_0001/image/{plane}/{i * size // count}" for i in range(count)]


def measure_warm(bench, server, shape):
    connection, every = server.connect(), []
    for plane in PLANES:
        times = [server.get(connection, target)[1] for target in targets(shape, plane, SLICES)]
        bench.add(f"serve {plane} p50", statistics.median(times))
        every += times
    bench.add("serve p95", percentile(every, 0.95))
    bench.add("serve p99", percentile(every, 0.99))


def measure_crowd(bench, server, shape):
    times = []

    def look():
        connection = server.connect()
        times.extend(server.get(connection, target)[1] for target in targets(shape, "axial", PER_CLIENT))

    clients = [threading.Thread(target=look) for _ in range(CLIENTS)]
    start = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    bench.add("serve rate", len(times) / (time.perf_counter() - start))
    bench.add("serve crowd p95", percentile(times, 0.95))


def wait_for_index(folder):
    for _ in range(400):
        if glob.glob(os.path.join(folder, "amos", "*.amosidx")):
            return
        time.sleep(0.05)
    raise SystemExit(f"bench: no index appeared in {folder}.")


def measure(bench, pair):
    root = make_set(bench, pair)
    indexes = os.path.abspath(os.path.join(bench.folder, "indexes-%d" % time.monotonic_ns()))
    os.makedirs(indexes)
    bench.add("serve one", 1)
    server = Server(bench, root, indexes)
    bench.add("serve first without index", first_picture(server))
    shape = json.loads(server.get(server.connect(), "/case/amos_0001")[0])["shape"]
    server.get(server.connect(), "/slice/amos_0001/image/coronal/1")
    measure_warm(bench, server, shape)
    measure_crowd(bench, server, shape)
    wait_for_index(indexes)
    server.stop()
    server = Server(bench, root, indexes)
    bench.add("serve first with index", first_picture(server))
    server.stop()
