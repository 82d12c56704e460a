"""Fuzzes the whole API as every role of a fresh sandbox.

The OpenAPI description is the program's own. No answer may be a server error,
and every answer must have the form that the description promises. A role's time
goes to the operations that it may call (the public's to all, to be refused): each
gets every boundary of its parameters, then random values, then walks along the
links between operations, where ids come from earlier answers. The seed is
fixed, so that two runs of one program send the same; QIANMO_FUZZ_SEED takes
another, QIANMO_FUZZ_SECONDS a larger budget for each role.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import yaml  # schemathesis brings it

SEED = os.environ.get("QIANMO_FUZZ_SEED", "20251022")
SECONDS = os.environ.get("QIANMO_FUZZ_SECONDS", "30")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# Operations that would end the fuzzer's own session; the stories test them.
ENDING = ["signOut", "switchRole", "signOutEverywhere", "changePassword", "revokeSession"]
# An administrator may shut out any person, itself among them, and the fuzzer
# learns ids from answers; for others these are refused and stay in.
ENDING_ADMIN = ["disablePerson", "issueReset", "endMembership", "removeMember"]


def start(home: pathlib.Path) -> tuple[subprocess.Popen, str]:
    """Starts a sandbox and returns it with its address once it is filled."""
    log = open(home / "server.log", "w")
    server = subprocess.Popen(
        ["bin/qianmo", "--json", "serve", "--sandbox", "--listen", "127.0.0.1:0", "--data", str(home / "data")],
        stdout=subprocess.PIPE, stderr=log, text=True,
    )
    text = ""
    for line in server.stdout:
        text += line
        try:
            return server, json.loads(text)["address"]
        except json.JSONDecodeError:
            continue  # the announcement has several lines
    sys.exit("the server ended:\n" + (home / "server.log").read_text())


def call(address: str, method: str, path: str, body=None, cookie="") -> tuple[dict, str]:
    """Calls the API and returns its answer and the session cookie it set."""
    headers = {"Content-Type": "application/json", "Cookie": cookie}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + "/api/v1" + path, data, headers, method=method)
    while True:
        try:
            with urllib.request.urlopen(request) as answer:
                cookie = answer.headers.get("Set-Cookie", "").split(";")[0]
                return json.loads(answer.read() or b"{}"), cookie
        except urllib.error.HTTPError as error:
            if error.code != 429:
                raise
            time.sleep(int(error.headers["Retry-After"]))  # the fuzzer has used up the rate


def refused(address: str, description: pathlib.Path, cookie: str) -> list[str]:
    """Lists the operations that the cookie's role may not call; the access walk tests those."""
    out = []
    for path, item in yaml.safe_load(description.read_text())["paths"].items():
        for method, operation in item.items():
            if method not in ("get", "post", "put", "delete") or operation["operationId"] in ENDING + ENDING_ADMIN:
                continue
            try:
                call(address, method.upper(), re.sub(r"{[^}]*}", "x", path), None if method == "get" else {}, cookie)
            except urllib.error.HTTPError as error:
                if error.code in (401, 403):
                    out.append(operation["operationId"])
            except ValueError:
                pass  # an answer that is no JSON, such as a PDF, is an answer
    return out


def fuzz(address: str, description: pathlib.Path, role: str, cookie: str) -> bool:
    """Runs schemathesis in a role, as whoever the cookie belongs to."""
    command = [
        str(pathlib.Path("test/.venv/bin/schemathesis").resolve()), "run", str(description), "--origin", address,
        "--checks", CHECKS, "--phases", "coverage,fuzzing,stateful", "--max-examples", "5",
        "--max-time", SECONDS, "--seed", SEED, "--rate-limit", "45/s", "--request-timeout", "20",
        "--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure", "--max-failures", "20",
        "--generation-database", "none", "--no-color",
    ]
    beyond = refused(address, description, cookie) if cookie else []
    for operation in ENDING + (ENDING_ADMIN if role == "admin" else []) + beyond:
        command += ["--exclude-operation-id", operation]
    if cookie:
        command += ["--header", "Cookie: " + cookie]
    return subprocess.run(command, cwd=description.parent).returncode == 0  # it leaves notes where it runs


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        description = home / "openapi.yaml"
        description.write_bytes(subprocess.run(["bin/qianmo", "openapi"], check=True, stdout=subprocess.PIPE).stdout)
        server, address = start(home)
        try:
            # All sign in first: fuzzing the sign-in makes the server wary of this address.
            cookies = {"public": ""}
            for a in call(address, "GET", "/session")[0]["sandbox"]["accounts"]:
                _, cookies[a["role"]] = call(address, "POST", "/session", {"login": a["login"], "password": a["password"]})
            failed = []
            for role, cookie in cookies.items():
                print(f"api fuzz: as {role}", flush=True)
                if not fuzz(address, description, role, cookie):
                    failed.append(role)
                session, _ = call(address, "GET", "/session", cookie=cookie)
                if cookie and not session["signed_in"]:
                    failed.append(role + " (lost its session on the way: most of it was not tested)")
            if server.poll() is not None:
                failed.append("the server ended")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
        if failed:
            print((home / "server.log").read_text()[-20000:])
            print("api fuzz: FAILED as " + ", ".join(failed))
            return 1
        print(f"api fuzz: {len(cookies)} roles, no server error")
        return 0


if __name__ == "__main__":
    sys.exit(main())
