# SPDX-License-Identifier: BSD-3-Clause
"""A small client of WebDriver (W3C): chromedriver and a headless Chromium, by Python's standard library alone."""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

KEYS = {"ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015", "PageUp": "\ue00e",
        "PageDown": "\ue00f", "End": "\ue010", "Home": "\ue011", "Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004",
        "Shift": "\ue008", "Control": "\ue009"}
# For scripts that are run in pages.
BRIEF = """
const one = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
"""
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Refused(Exception):
    """An error that the browser or its driver reports."""


class Browser:
    """One window. `options` are further arguments of Chromium, `preferences` those of its profile."""

    def __init__(self, options=(), preferences=None, width=1280, height=900):
        self.folder = Path(tempfile.mkdtemp(prefix="browser"))
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       text=True, env={**os.environ, "TMPDIR": str(self.folder)})
        self.base = ""
        try:
            self.base = f"http://127.0.0.1:{self._port()}"
            self.base += "/session/" + self._start(options, preferences or {}, width, height)
        except BaseException:
            self.close()
            raise

    def _port(self) -> int:
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                return int(line.rstrip(".\n").split()[-1])
        raise Refused("chromedriver did not start")

    def _start(self, options, preferences, width, height) -> str:
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--hide-scrollbars", "--force-device-scale-factor=1", f"--user-data-dir={self.folder}/profile",
                     f"--window-size={width},{height}", *options]
        wanted = {"browserName": "chrome", "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
                  "goog:chromeOptions": {"binary": shutil.which("chromium"), "args": arguments, "prefs": preferences}}
        return self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def call(self, method: str, path: str, body=None):
        data = None if method != "POST" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise Refused(json.load(error)["value"]["message"]) from None

    def close(self) -> None:
        try:
            if "/session/" in self.base:
                self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.driver.stdout.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # ---- what a person does ----

    def open(self, address: str) -> None:
        self.call("POST", "/url", {"url": address})

    def press(self, key: str, *held: str) -> None:
        """A key by its name, with others held: press("ArrowLeft", "Shift")."""
        codes = [KEYS.get(one, one) for one in held]
        actions = [{"type": "keyDown", "value": code} for code in codes]
        actions += [{"type": kind, "value": KEYS.get(key, key)} for kind in ("keyDown", "keyUp")]
        actions += [{"type": "keyUp", "value": code} for code in codes]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def type(self, text: str) -> None:
        for character in text:
            self.press(character)

    def find(self, selector: str) -> str:
        return self.call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector: str) -> None:
        """Once more if the page has drawn the element anew in between."""
        try:
            self.call("POST", f"/element/{self.find(selector)}/click")
        except Refused as error:
            if "stale element" not in str(error):
                raise
            self.call("POST", f"/element/{self.find(selector)}/click")

    def pointer(self, *steps) -> None:
        """Steps of a mouse: ("move", x, y), ("down", button), ("up", button), in CSS pixels of the window."""
        made = [{"type": "pointerMove", "x": round(s[1]), "y": round(s[2]), "duration": 0} if s[0] == "move" else
                {"type": {"down": "pointerDown", "up": "pointerUp"}[s[0]], "button": s[1]} for s in steps]
        self.call("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse",
            "parameters": {"pointerType": "mouse"},
                                                    "actions": made}]})

    def wheel(self, x: float, y: float, turn: int) -> None:
        self.call("POST", "/actions", {"actions": [{"type": "wheel", "id": "wheel", "actions": [
            {"type": "scroll", "x": round(x), "y": round(y), "deltaX": 0, "deltaY": turn, "duration": 0}]}]})

    # ---- what a person sees ----

    def run(self, script: str, *arguments):
        """The value of a script's `return`; promises are awaited. one() and all() find elements by a selector."""
        return self.call("POST", "/execute/sync", {"script": BRIEF + script, "args": list(arguments)})

    def text(self, selector: str) -> str:
        return self.run("return one(arguments[0])?.textContent ?? ''", selector)

    def wait(self, script: str, *arguments, seconds: float = 60):
        """Until the script returns something true, which is returned; None after some seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = self.run(script, *arguments)
            if value:
                return value
            time.sleep(0.02)
        return None

    def devtools(self, command: str, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def screenshot_of(self, x: int, y: int, width: int, height: int) -> bytes:
        """A part of the window, as PNG."""
        clip = {"x": x, "y": y, "width": width, "height": height, "scale": 1}
        return base64.b64decode(self.devtools("Page.captureScreenshot", clip=clip)["data"])

    def size(self, width: int, height: int) -> None:
        self.call("POST", "/window/rect", {"width": width, "height": height})

    def emulate(self, **features) -> None:
        """prefers_color_scheme="dark" and the like."""
        wanted = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.devtools("Emulation.setEmulatedMedia", features=wanted)

    def complaints(self) -> list:
        """What the console said since the last call, such as violations of the CSP."""
        return [line["message"] for line in self.call("POST", "/se/log", {"type": "browser"})]

    def requests(self) -> list:
        """The addresses of all requests since the last call."""
        lines = [json.loads(line["message"])["message"] for line in self.call("POST", "/se/log",
            {"type": "performance"})]
        return [line["params"]["request"]["url"] for line in lines if line["method"] == "Network.requestWillBeSent"]
