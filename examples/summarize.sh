#!/bin/sh
# The story of one prompt: put it, run it and wait, queue it and poll, read its lineage.
#
#   examples/summarize.sh [text file]
#
# LEDGER_URL, API_KEY and MODEL (provider/model_name) are read from the environment; see examples/README.md.
# Needs curl and Node, nothing else.
set -eu

url=${LEDGER_URL:-http://localhost:8000}
key=${API_KEY:-dev-key-change-in-production}
model=${MODEL:-}
file=${1:-$(dirname "$0")/newton-queries.txt}
poll_limit=300

# Files and not variables: a long text fits into no environment variable or argument.
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
answer=$tmp/answer.json

fail() {
  echo "$1" >&2
  exit 1
}

step() { printf '\n== %s\n' "$1"; }

# ledger METHOD PATH [FILE]: sends the JSON in FILE and leaves the answer's in $answer; ends with a refusal's sentence.
ledger() {
  status=$(curl -sS -X "$1" "$url$2" -H "X-API-Key: $key" ${3:+--data-binary "@$3"} -o "$answer" -w '%{http_code}') ||
    fail "Nothing answers at $url: start the service with npm start, or set LEDGER_URL."
  [ "$status" -lt 400 ] || fail "$1 $2 was refused with $status $(show 'json.code + ". " + json.detail')"
}

# show EXPRESSION: its value, where `json` is what $answer holds.
show() {
  node -e 'const json = JSON.parse(fs.readFileSync(process.argv[1], "utf8")); console.log(eval(process.argv[2]))' \
    "$answer" "$1"
}

[ -r "$file" ] || fail "$file cannot be read: give the path of a text file."

if [ -n "$model" ]; then
  step "Allow $model"
  echo '{}' >"$tmp/model.json"
  ledger PUT "/v1/models/${model%%/*}/$(node -p 'encodeURIComponent(process.argv[1])' "${model#*/}")" "$tmp/model.json"
  show '`allowed: ${json.id}`'
fi

step 'Put the prompt doc_summarizer'
cat >"$tmp/prompt.json" <<'JSON'
{
  "description": "Summarize documents",
  "owner_team": "AI-Platform",
  "tags": ["docs"],
  "template_source": "Summarize the document between the lines in five sentences, for a reader who has a minute.\nName its main claims and what they rest on.\n\n---\n{{text}}\n---",
  "created_by": "examples/summarize.sh",
  "commit_message": "first cut",
  "set_active": true
}
JSON
ledger PUT /v1/prompts/doc_summarizer "$tmp/prompt.json"
show '`version ${json.version.version_number}, ${json.version.status}, checksum ${json.version.checksum_hash}`'

node -e '
  const [file, model] = process.argv.slice(1);
  const slash = model.indexOf("/");
  console.log(JSON.stringify({
    prompt_name: "doc_summarizer",
    environment: "dev",
    variables: { text: fs.readFileSync(file, "utf8") },
    ...(model === "" ? {} : { model: { provider: model.slice(0, slash), model_name: model.slice(slash + 1) } }),
    params: { max_new_tokens: 800 },
    correlation_id: "summarize-example",
    timeout_ms: 300000,
  }));' "$file" "$model" >"$tmp/request.json"

step 'Run it and wait (POST /v1/executions:run)'
ledger POST /v1/executions:run "$tmp/request.json"
show '`${json.status}: ${json.model.provider}/${json.model.model_name}, ${json.telemetry.latency_ms} ms`'
sync_id=$(show json.execution_id)

step 'Queue it (POST /v1/executions:submit) and poll'
ledger POST /v1/executions:submit "$tmp/request.json"
async_id=$(show json.execution_id)
polls=0
while :; do
  ledger GET "/v1/executions/$async_id"
  state=$(show json.status)
  echo "$async_id: $state"
  case $state in queued | running) ;; *) break ;; esac
  polls=$((polls + 1))
  [ "$polls" -lt "$poll_limit" ] || fail "It is still $state after $poll_limit looks: does a worker run?"
  sleep 1
done

for id in "$sync_id" "$async_id"; do
  step "Lineage of $id"
  ledger GET "/v1/executions/$id"
  show '
    const sha256 = (text) => require("crypto").createHash("sha256").update(text).digest("hex");
    const known = (value) => value ?? "unknown";
    const sizes = Object.entries(json.variables).map(([name, value]) => `${name} (${value.length} characters)`);
    [
      ["status", `${json.status}, ${json.mode}, ${json.created_at} to ${json.completed_at}`],
      ["prompt", `${json.prompt_name}, version ${json.version_number}`],
      ["checksum", json.checksum_hash],
      ["model", `${json.model.provider}/${json.model.model_name} ${JSON.stringify(json.params)}`],
      ["variables", sizes.join(", ")],
      ["rendered", `${json.rendered_prompt.length} characters, sha256 ${sha256(json.rendered_prompt)}`],
      ["tokens", `${known(json.telemetry.prompt_tokens)} in, ${known(json.telemetry.response_tokens)} out`],
      ...json.attempts.map((made) => [
        `attempt ${made.attempt}`,
        `${made.status} in ${known(made.latency_ms)} ms, request id ${known(made.provider_request_id)}`,
      ]),
      ...(json.error_message === null ? [] : [["error", json.error_message]]),
    ].map(([name, value]) => name.padEnd(11) + value).join("\n")'
  cp "$answer" "$tmp/lineage.json"

  # The version and the stored variables have to give the stored prompt again, byte for byte.
  show 'JSON.stringify({ variables: json.variables, version_number: json.version_number })' >"$tmp/render.json"
  ledger POST /v1/prompts/doc_summarizer:render "$tmp/render.json"
  node -e '
    const [stored, again] = process.argv.slice(1).map((file) => JSON.parse(fs.readFileSync(file, "utf8")).rendered_prompt);
    if (stored !== again) throw new Error("The version and the variables give another prompt than the stored one.");
    console.log("again      rendered from the lineage: the same, byte for byte");' "$tmp/lineage.json" "$answer"
done

step 'The answer'
cp "$tmp/lineage.json" "$answer"
show 'json.response_text ?? json.error_message'
[ "$(show json.status)" = succeeded ]
