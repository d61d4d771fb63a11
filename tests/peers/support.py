"""Starts the programs under test and speaks with them."""

import json
import os
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

# Everything here is on this machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"



def ask(method, url, body=None, headers={}):
    """Sends a request; the status and the body of the answer, whatever they are."""
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read()


def good(method, url, body=None, headers={}):
    """Sends JSON, where there is any, and reads the JSON of a good answer."""
    sent = None if body is None else json.dumps(body).encode()
    status, answer = ask(method, url, sent, {"content-type": "application/json", **headers})
    if status >= 300:
        raise AssertionError(f"{url}: {status} {answer.decode()}")
    return json.loads(answer)


def control(what, order=None, url=None):
    """Gives a sandbox an order, or reads where there is none."""
    url = f"{url or os.environ['SANDBOX_URL']}/_control/{what}"
    return good("GET" if order is None else "POST", url, order)


def until(what):
    """Waits until something is true."""
    end = time.monotonic() + 10
    while not (value := what()):
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.02)
    return value


class Sandbox:
    """A sandbox of its own: its address, what a client needs, and its control."""

    def __init__(self):
        command = [os.environ["SANDBOX"], "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[1]
        self.setup = self.control("wechat")

    def control(self, what, order=None):
        return control(what, order, self.url)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Channel:
    """A channel of the gateway's on standard input and output: one line in, one line out."""

    def __init__(self, program, setup):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([os.environ[program]], stdin=pipe, stdout=pipe, text=True)
        self.write(setup)

    def write(self, line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def call(self, order):
        self.write(order)
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Gateway:
    """The running gateway, as a buyer and as its operator meet it."""

    def __init__(self):
        self.url = os.environ["GATEWAY_URL"]

    def admin(self, method, what, body=None):
        headers = {"authorization": f"Bearer {os.environ['ADMIN_TOKEN']}", "idempotency-key": uuid.uuid4().hex}
        return good(method, f"{self.url}/admin/{what}", body, headers)

    def merchant(self, channel, name, account):
        """An account of ours, to which the next payments go until it is switched off."""
        path = f"merchants/{channel}/{name}"
        self.admin("PUT", path, {"enabled": True, **account})
        return lambda: self.admin("POST", f"{path}/switch", {"enabled": False})

    def order(self):
        order = {"card_number": "898607B2091701418584", "package_id": "1102", "quoted_fen": 1800, "repeat": True}
        return good("POST", f"{self.url}/api/v1/orders", order, {"idempotency-key": uuid.uuid4().hex})

    def pay(self, order, method):
        payment = {"method": method, "host": "desktop"}
        return good("POST", f"{self.url}/api/v1/orders/{order['id']}/payments", payment)

    def state(self, order):
        return good("GET", f"{self.url}/api/v1/orders/{order['id']}")["state"]

    def notify(self, channel, name, body, headers):
        """Sends a notice; what it is answered."""
        return ask("POST", f"{self.url}/notify/{channel}/{name}", body, headers)


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
