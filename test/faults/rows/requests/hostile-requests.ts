/** One malicious request. */
export interface HostileRequest {
  readonly name: string;
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly body: string;
  /** The expected statuses. A template that fails only when it is rendered is accepted first. */
  readonly statuses: readonly number[];
}

const SUBMIT = '/v1/executions:submit';
const BATCH = '/v1/executions:submit-batch';
const DEEP = 100_000;
const BIG_BYTES = 10 * 1024 ** 2;

function submitWith(variables: string, more = ''): string {
  return `{"prompt_name":"greeting","variables":${variables}${more}}`;
}

function submit(name: string, body: string, statuses: readonly number[] = [400]): HostileRequest {
  return { name, method: 'POST', path: SUBMIT, body, statuses };
}

function template(name: string, source: string): HostileRequest {
  const body = JSON.stringify({ template_source: source, set_active: true });
  return { name, method: 'PUT', path: '/v1/prompts/hostile', body, statuses: [422] };
}

const lists = '['.repeat(DEEP) + ']'.repeat(DEEP);
const objects = '{"a":'.repeat(DEEP) + '1' + '}'.repeat(DEEP);

export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  submit('lists 100,000 deep', submitWith(`{"name":${lists}}`)),
  submit('objects 100,000 deep', submitWith(`{"name":${objects}}`)),
  submit('lists never closed', '['.repeat(DEEP)),
  submit('10 MB', submitWith(`{"name":"${'x'.repeat(BIG_BYTES)}"}`), [413]),
  {
    name: '10 MB of lists where batches are taken',
    method: 'POST',
    path: BATCH,
    body: '['.repeat(BIG_BYTES),
    statuses: [400],
  },
  submit('__proto__', submitWith('{"name":"a"}', ',"__proto__":{"polluted":"yes"}')),
  submit('constructor', submitWith('{"name":"a"}', ',"constructor":{"prototype":{"polluted":"yes"}}')),
  submit('a field twice', submitWith('{"name":"a"}', ',"variables":{"name":"b"}')),
  submit('a variable twice', submitWith('{"name":"a","name":"b"}')),
  submit('NUL', submitWith('{"name":"a\\u0000b"}')),
  submit('NUL in a key', submitWith('{"name":"a","\\u0000":1}')),
  submit('NUL, raw', submitWith('{"name":"a\0b"}')),
  submit('NUL in the correlation id', submitWith('{"name":"a"}', ',"correlation_id":"\\u0000"')),
  submit('a high surrogate alone', submitWith('{"name":"\\ud800"}')),
  submit('a low surrogate alone', submitWith('{"name":"\\udc00"}')),
  submit('a lone surrogate in the environment', submitWith('{"name":"a"}', ',"environment":"\\ud800"')),
  template('150 KB of {{', '{{'.repeat(75_000)),
  template('150 KB of {%', '{% '.repeat(50_000)),
  template('blocks in blocks', '{% if a %}'.repeat(10_000)),
  template('brackets in brackets', `{{ a${'[a'.repeat(20_000)}${']'.repeat(20_000)} }}`),
];

/** Templates that look fine until they are rendered. */
export const EXPLODING_TEMPLATES: Readonly<Record<string, string>> = {
  'explodes-by-loops': '{% for a in (1..900) %}{% for b in (1..900) %}{{ b }}{% endfor %}{% endfor %}',
  'explodes-by-doubling': `{% assign a = "0123456789" %}${'{% assign a = a | append: a %}'.repeat(60)}{{ a }}`,
  'explodes-by-a-range': '{% for i in (1..100000000) %}x{% endfor %}',
};

export function renderings(): HostileRequest[] {
  return Object.keys(EXPLODING_TEMPLATES).map((name) => ({
    name,
    method: 'POST',
    path: SUBMIT,
    body: JSON.stringify({ prompt_name: name, variables: {} }),
    statuses: [413, 422],
  }));
}
