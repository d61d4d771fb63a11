"""Starts the programs under test and speaks with them."""

import base64
import json
import os
import subprocess
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

# Everything here is on this machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"


class Sandbox:
    """A sandbox of its own: its address, what a client needs, and its control."""

    def __init__(self):
        command = [os.environ["SANDBOX"], "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[1]
        self.setup = self.control("wechat")

    def control(self, path, order=None):
        body = None if order is None else json.dumps(order).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_control/{path}", body, headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Channel:
    """The gateway's channel: each call is answered by what it made of it."""

    def __init__(self, setup):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([os.environ["WECHAT_PEER"]], stdin=pipe, stdout=pipe, text=True)
        self.write(setup)

    def write(self, line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def call(self, order):
        self.write(order)
        return json.loads(self.process.stdout.readline())

    def notice(self, headers, body):
        encoded = base64.b64encode(body).decode()
        return self.call({"do": "notice", "headers": list(headers.items()), "body": encoded})

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Server:
    """Gives each request to `answer`, which returns status, headers and body."""

    def __init__(self, answer):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length).decode()
                status, headers, content = answer(self.command, self.path, self.headers, body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def new_keys():
    """A new pair of RSA keys: the private one and the public one, in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()
