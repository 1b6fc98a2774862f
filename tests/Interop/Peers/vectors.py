"""Runs the byte vectors with their own runner and says more than it does: python3 vectors.py FOLDER PORT

FOLDER holds run_vectors.py and mqtt-vectors. Prints JSON: the runner's summary, what failed loosely, and for each vector that is not met to the byte
what was expected and what came. One after the other: the vectors share client ids and topics and would get in each other's way.
"""
import contextlib
import io
import json
import os
import socket
import sys
import types


class Patient:
    """A socket that is closed when the server knows of it: a subscriber that is still there for a moment would take the next vector's message."""

    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def close(self):
        try:
            self.inner.shutdown(socket.SHUT_WR)
            self.inner.settimeout(2)
            while self.inner.recv(4096):
                pass
        except OSError:
            pass
        self.inner.close()


folder, port = sys.argv[1], sys.argv[2]
with open(os.path.join(folder, "run_vectors.py"), encoding="utf-8") as file:
    source = file.read()
# Its definitions first, then what it does with them.
begin = source.index("\nfs = ")
sys.argv = ["run_vectors.py", os.path.join(folder, "mqtt-vectors"), "127.0.0.1", port, "1"]
runner = {"__name__": "runner"}
exec(compile(source[:begin], "run_vectors.py", "exec"), runner)
runner["socket"] = types.SimpleNamespace(
    create_connection=lambda *where: Patient(socket.create_connection(*where)), timeout=socket.timeout, error=socket.error)
compare, run = runner["same"], runner["run"]
differences, misses = [], []


def noted_compare(expected, got, version):
    strict, loose = compare(expected, got, version)
    if not strict:
        differences.append((expected.hex(), got.hex()))
    return strict, loose


def noted_run(group, test):
    differences.clear()
    strict, loose, why = run(group, test)
    if not strict:
        if not differences:
            # Closed where a packet was expected, which the runner takes as loosely right.
            wanted = [m["payload"] for m in test["msgs"] if m["type"] == "recv"]
            differences.append((runner["parse"](wanted[-1]).hex() if wanted else "", "closed"))
        misses.append({"vector": group["group"] + " | " + test["name"], "expected": differences[0][0], "got": differences[0][1], "loose": loose, "why": why})
    return strict, loose, why


runner["same"], runner["run"] = noted_compare, noted_run
said, failed = io.StringIO(), io.StringIO()
with contextlib.redirect_stdout(said), contextlib.redirect_stderr(failed):
    exec(compile("\n" * source[:begin].count("\n") + source[begin:], "run_vectors.py", "exec"), runner)
summary = json.loads(said.getvalue())
print(json.dumps({"tests": summary["tests"], "strict": summary["strict"], "loose": summary["loose"], "failed": failed.getvalue(), "misses": misses}))
