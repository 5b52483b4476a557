"""Prompts that are managed in the ledger: put one, run it, queue it, change it, go back.

Needs Python 3.8 or newer and nothing else, and a ledger (`npm start`):

    PROMPT_LEDGER_API_KEY=dev-key-change-in-production python3 examples/python/full_mode.py
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid

URL = os.environ.get("PROMPT_LEDGER_URL", "http://localhost:8000")
KEY = os.environ.get("PROMPT_LEDGER_API_KEY", "dev-key-change-in-production")
NAME = "examples/python/welcome_email"


class LedgerProblem(Exception):
    """What the ledger refused; `code` is stable, `detail` says what to do."""

    def __init__(self, problem):
        super().__init__(f"{problem['code']}: {problem['detail']}")
        self.code = problem["code"]


def ledger(method, path, body=None, headers=None):
    """One call: the answer as Python data. Raises LedgerProblem for what is refused."""
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
        raise LedgerProblem(json.load(error)) from None


def prompt_path(name):
    """A slash in a name is sent as %2F."""
    return "/v1/prompts/" + urllib.parse.quote(name, safe="")


def put(template, message):
    return ledger(
        "PUT",
        prompt_path(NAME),
        {"template_source": template, "commit_message": message, "created_by": "python", "set_active": True},
    )["version"]["version_number"]


def main():
    first = put("Hello {{name}}, welcome to {{company}}!", "first cut")

    # With an Idempotency-Key a call that got no answer can simply be made again: it is done once.
    request = {"prompt_name": NAME, "variables": {"name": "Sarah", "company": "Acme Corp"}, "environment": "dev"}
    once = {"Idempotency-Key": str(uuid.uuid4())}
    result = ledger("POST", "/v1/executions:run", request, once)
    again = ledger("POST", "/v1/executions:run", request, once)
    print(f"version {result['version_number']} said: {result['response_text']}")
    print(f"the same execution when asked again: {again['execution_id'] == result['execution_id']}")

    queued = ledger("POST", "/v1/executions:submit", request)
    done = ledger("GET", f"/v1/executions/{queued['execution_id']}?wait_ms=30000")
    print(f"queued, then {done['status']}: {done['response_text']}")

    second = put("Hi {{name}}, good to have you at {{company}}.", "friendlier")
    changed = ledger("POST", "/v1/executions:run", request)
    print(f"version {changed['version_number']} said: {changed['response_text']}")
    print(ledger("GET", f"{prompt_path(NAME)}/diff?from={first}&to={second}")["unified"], end="")

    ledger("POST", f"{prompt_path(NAME)}/versions/{first}:activate")
    print(f"back at version {ledger('GET', prompt_path(NAME))['active_version']['version_number']}")

    try:
        ledger("POST", "/v1/executions:run", {"prompt_name": NAME, "variables": {"name": "Sarah"}})
    except LedgerProblem as problem:
        print(f"nothing was sent: {problem}")


if __name__ == "__main__":
    try:
        main()
    except (LedgerProblem, OSError) as error:
        sys.exit(f"{error}")
