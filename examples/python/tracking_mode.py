"""Prompts that live in this file and are tracked: the ledger keeps every version, with the commit and line it stood in.

Needs Python 3.8 or newer and nothing else, and a ledger (`npm start`):

    PROMPT_LEDGER_API_KEY=dev-key-change-in-production python3 examples/python/tracking_mode.py
"""

import hashlib
import inspect
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from datetime import datetime, timezone

URL = os.environ.get("PROMPT_LEDGER_URL", "http://localhost:8000")
KEY = os.environ.get("PROMPT_LEDGER_API_KEY", "dev-key-change-in-production")

PROMPTS = {
    "PY_WELCOME": "Hello {{name}}, welcome to {{app}}!",
    "PY_ORDER_CONFIRMATION": "Order {{order_id}} is confirmed!",
}


def ledger(method, path, body=None, headers=None):
    """One call: the answer as Python data. A refusal ends the program with its code and what to do."""
    request = urllib.request.Request(
        URL + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"X-API-Key": KEY, "Content-Type": "application/json", **(headers or {})},
    )
    try:
        with urllib.request.urlopen(request, timeout=90) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        sys.exit(f"{problem['code']}: {problem['detail']}")


def template_hash(name):
    """Names the version by its content: whatever is active in the ledger, this program runs its own text."""
    return hashlib.sha256(PROMPTS[name].encode()).hexdigest()


def git(*arguments):
    """What git says, or None where there is no repository (or no git)."""
    try:
        folder = os.path.dirname(os.path.abspath(__file__))
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout.strip() or None
    except (OSError, subprocess.CalledProcessError):
        return None


def git_facts():
    commit = git("rev-parse", "HEAD")
    if commit is None:
        return None
    branch = git("symbolic-ref", "--short", "-q", "HEAD")
    return {"commit": commit, "branch": branch, "dirty": git("status", "--porcelain") is not None}


def register():
    """At the start of the program. Repeating it changes nothing; older code makes its older versions active again."""
    lines = inspect.getsource(sys.modules[__name__]).splitlines()
    line_of = {name: next(i for i, line in enumerate(lines, 1) if f'"{name}":' in line) for name in PROMPTS}
    prompts = [
        {
            "name": name,
            "template_source": template,
            "template_hash": template_hash(name),
            "source": {"file": "examples/python/tracking_mode.py", "line": line_of[name]},
        }
        for name, template in PROMPTS.items()
    ]
    body = {"prompts": prompts}
    facts = git_facts()
    if facts is not None:
        body["git"] = facts
    return ledger("POST", "/v1/prompts/register-code", body)["registered"]


def execute(name, variables):
    """Through the ledger, which calls the provider and keeps the lineage."""
    body = {"variables": variables, "template_hash": template_hash(name), "environment": "dev"}
    return ledger("POST", f"/v1/prompts/{name}/execute", body, {"Idempotency-Key": str(uuid.uuid4())})


def record(name, variables, call):
    """Calls a provider itself, and tells the ledger afterwards."""
    started_at, started = datetime.now(timezone.utc), time.monotonic()
    answer = call(name, variables)
    entry = {
        "prompt_name": name,
        "template_hash": template_hash(name),
        "variables": variables,
        "model": {"provider": "my-own", "model_name": "shout-1"},
        "status": "succeeded",
        "response_text": answer,
        "latency_ms": round((time.monotonic() - started) * 1000),
        "started_at": started_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    told = ledger("POST", "/v1/executions:record", {"executions": [entry]}, {"Idempotency-Key": str(uuid.uuid4())})
    return answer, told["recorded"][0]["execution_id"]


def main():
    for each in register():
        print(f"{each['name']} is version {each['version']}")

    result = execute("PY_WELCOME", {"name": "John", "app": "MyApp"})
    print(f"version {result['version_used']} said: {result['response_text']}")

    answer, execution_id = record(
        "PY_ORDER_CONFIRMATION", {"order_id": 42}, lambda name, variables: f"ORDER {variables['order_id']}!"
    )
    lineage = ledger("GET", f"/v1/executions/{execution_id}")
    print(f"my own call said {answer!r} to {lineage['rendered_prompt']!r}")
    print(f"it is an execution of origin {lineage['origin']}")

    history = ledger("GET", "/v1/prompts/PY_WELCOME/history")
    print(f"PY_WELCOME has {len(history['versions'])} version(s), {history['current_version']} is active")
    analytics = ledger("GET", "/v1/analytics/prompts?mode=all")
    print(f"executions so far: {analytics['summary']['total_executions']}")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"The ledger at {URL} cannot be reached: {error}")
