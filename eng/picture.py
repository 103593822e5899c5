#!/usr/bin/env python3
"""picture.py ADDRESS LANGUAGE FILE: a picture of the dashboard once it is drawn. Chromium is spoken to over its debugging pipe:
its own --screenshot takes a page before its modules have loaded their data."""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time

READY = "document.querySelectorAll('#list a').length > 0 && document.querySelector('.plot canvas') !== null"
PATIENCE = 90


def main(address, language, file):
    with tempfile.TemporaryDirectory() as profile:
        (to_read, to_write), (from_read, from_write) = os.pipe(), os.pipe()

        # Chromium reads from descriptor 3 and writes to 4.
        def connect():
            ours, theirs = os.dup(to_read), os.dup(from_write)
            os.dup2(ours, 3)
            os.dup2(theirs, 4)

        browser = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
             f"--user-data-dir={profile}", f"--lang={language}", f"--accept-lang={language}", "--window-size=1440,960", "about:blank"],
            close_fds=False, preexec_fn=connect, stderr=subprocess.DEVNULL)
        number, rest, began = 0, b"", time.time()

        def ask(method, session=None, **parameters):
            nonlocal number, rest
            number += 1
            question = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
            os.write(to_write, json.dumps(question).encode() + b"\0")
            while True:
                while b"\0" not in rest:
                    rest += os.read(from_read, 65536)
                answer, rest = rest.split(b"\0", 1)
                answer = json.loads(answer)
                if answer.get("id") == number:
                    return answer["result"]

        try:
            target = ask("Target.createTarget", url=address)["targetId"]
            session = ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            ask("Emulation.setDeviceMetricsOverride", session, width=1440, height=960, deviceScaleFactor=1, mobile=False)
            while not ask("Runtime.evaluate", session, expression=READY)["result"].get("value"):
                if time.time() > began + PATIENCE:
                    sys.exit(f"picture.py: {address} shows no alert")
                time.sleep(0.2)
            time.sleep(2)
            with open(file, "wb") as picture:
                picture.write(base64.b64decode(ask("Page.captureScreenshot", session)["data"]))
        finally:
            browser.kill()
            browser.wait()


main(*sys.argv[1:])
