"""A receiver of Standard Webhooks: python3 webhook.py PORT FOLDER SECRET REFUSED

Checks the signature as the specification says, with Python's own hmac: HMAC-SHA256 over "id.timestamp.body" with the base64 after whsec_ as key.
Every request becomes FOLDER/hook-N.json; the first REFUSED are answered with 503, one with a wrong signature with 401.
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import time

port, folder, secret, refused = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
count = 0


def is_signed(headers, body):
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > 300:
        return False
    signed = headers.get("webhook-id", "").encode() + b"." + stamp.encode() + b"." + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [s.split(",", 1) for s in headers.get("webhook-signature", "").split(" ")]
    return any(len(s) == 2 and s[0] == "v1" and hmac.compare_digest(s[1], expected) for s in given)


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        global count
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        count += 1
        good = is_signed(self.headers, body)
        status = 401 if not good else 503 if count <= refused else 204
        note = {
            "status": status,
            "signed": good,
            "id": self.headers.get("webhook-id", ""),
            "type": self.headers.get("content-type", ""),
            "body": json.loads(body),
        }
        path = os.path.join(folder, f"hook-{count}.json")
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(note, file)
        os.rename(path + ".part", path)
        self.send_response(status)
        self.end_headers()

    def log_message(self, *words):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Receiver)
print("listening", flush=True)
server.serve_forever()
