import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ApiBody } from '../../support/api-client.js';
import { LoopWatch } from './loop-watch.js';
import { ADMIN_KEY, promptPath, startStage, type Stage } from '../stage.js';

/** The sender gets its answer within this time, and no other request waits longer for a turn. */
const MOST_MS = 50;
/** A busy machine delays answers, and nothing makes them earlier. */
const TRIES = 100;
const KEYWORDS = 10_000;

const numbered = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const nested = (levels: number): string => `${'{"properties":{"a":'.repeat(levels)}{}${'}}'.repeat(levels)}`;
const keyed = (count: number, make: (index: number) => readonly [string, unknown]): object =>
  Object.fromEntries(numbered(count, make));
const chain = (length: number, last: object): object => ({
  $ref: '#/$defs/d0',
  $defs: { ...keyed(length, (i) => [`d${i}`, { $ref: `#/$defs/d${i + 1}` }]), [`d${length}`]: last },
});
const doubling = {
  $ref: '#/$defs/d0',
  $defs: keyed(31, (i) => [
    `d${i}`,
    i === 30 ? {} : { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
  ]),
};

/** Refused when the version is put. They are texts where JSON.stringify cannot write them. */
const REFUSED: Readonly<Record<string, object | string>> = {
  'exponential pattern with a back reference': { properties: { x: { pattern: '^(a+)+\\1$' } } },
  'exponential pattern that looks ahead': { properties: { x: { pattern: '^(?=(a+)+$)b' } } },
  'patterns that multiply': { properties: { x: { pattern: '((a{99}){99}){99}' } } },
  '10,000 keywords': keyed(KEYWORDS, (i) => [`k${i}`, i]),
  '10,000 members': { properties: keyed(KEYWORDS, (i) => [`p${i}`, true]) },
  '10,000 schemas in one': { allOf: numbered(KEYWORDS, () => ({})) },
  'deep schemas': nested(5_000),
  'deep $ref': chain(300, {}),
  '$ref in a circle': chain(300, { $ref: '#/$defs/d0' }),
  '$ref that doubles': doubling,
  $data: { properties: { x: { const: { $data: '1/y' } }, y: { maximum: { $data: '/x' } } } },
  'remote $ref': { $ref: 'https://example.com/schema.json' },
  'remote $ref of a file': { properties: { x: { $ref: 'file:///etc/passwd' } } },
  '$ref through __proto__': { $ref: '#/__proto__/polluted' },
  '__proto__ as a member': '{"properties":{"__proto__":{"const":"polluted"}}}',
  '__proto__ as a keyword': '{"__proto__":{"polluted":true}}',
};

/** Accepted, and then used with variables that exploit them. */
const TAKEN: Readonly<Record<string, readonly [schema: object | string, variables: string]>> = {
  'exponential patterns': [
    { properties: keyed(40, (i) => [`x${i}`, { pattern: '^(a+)+$' }]) },
    JSON.stringify(keyed(40, (i) => [`x${i}`, `${'a'.repeat(20_000)}!`])),
  ],
  '$ref that doubles with each level': [
    { properties: { a: { allOf: [{ $ref: '#' }, { $ref: '#' }] } } },
    JSON.stringify(numbered(60, (i) => i).reduce<object>((inner) => ({ a: inner }), {})),
  ],
  'a long list that must be unique': [
    { properties: { x: { uniqueItems: true } } },
    JSON.stringify({ x: numbered(10_000, (i) => ({ i })) }),
  ],
};

let stage: Stage;
let folder: string;
let watch: LoopWatch;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ledger-test-schemas-'));
  const file = path.join(folder, 'loop');
  stage = await startStage(LoopWatch.settings(file));
  watch = new LoopWatch(stage.ledger.pid, file);
});
afterAll(async () => {
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});

const textOf = (schema: object | string) => (typeof schema === 'string' ? schema : JSON.stringify(schema));

interface Measured {
  readonly status: number;
  readonly text: string;
  readonly answerMs: number;
  readonly turnMs: number;
}

/** Repeats the same request until it is answered in time, up to the limit. The lowest value of each figure counts. */
async function measure(method: string, route: string, body: string): Promise<Measured> {
  const headers = { 'X-API-Key': ADMIN_KEY, 'Content-Type': 'application/json' };
  let least: Measured | undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    let status = 0;
    let text = '';
    let answerMs = Infinity;
    const turnMs = await watch.longestTurnMs(async () => {
      const startMs = performance.now();
      const answer = await fetch(`${stage.ledger.url}${route}`, {
        method,
        headers,
        ...(method === 'GET' ? {} : { body }),
      });
      text = await answer.text();
      answerMs = performance.now() - startMs;
      status = answer.status;
    });
    least = {
      status,
      text,
      answerMs: Math.min(answerMs, least?.answerMs ?? Infinity),
      turnMs: Math.min(turnMs, least?.turnMs ?? Infinity),
    };
    if (least.answerMs < MOST_MS && least.turnMs < MOST_MS) break;
  }
  return least as Measured;
}

function expectInTime(name: string, { answerMs, turnMs }: Measured): void {
  expect([name, answerMs < MOST_MS, turnMs < MOST_MS]).toEqual([name, true, true]);
}

describe('a hostile schema', () => {
  it.each(Object.entries(REFUSED))('is refused for %s, in time', async (name, schema) => {
    const body = `{"template_source":"x","variables_schema":${textOf(schema)}}`;
    const measured = await measure('PUT', promptPath('refused'), body);
    expect([name, measured.status]).toEqual([name, 400]);
    expect((JSON.parse(measured.text) as ApiBody)['code']).toMatch(/^VALIDATION_FAILED$|JSON/);
    expectInTime(name, measured);
  });

  it.each(Object.entries(REFUSED))('is refused for %s by datasets and scorers too', async (name, schema) => {
    const dataset = await measure('PUT', '/v1/datasets/refused', `{"variables_schema":${textOf(schema)}}`);
    const scorer = `{"kind":"check","check":"json_schema","value":${textOf(schema)}}`;
    const scored = await measure('PUT', '/v1/scorers/refused', scorer);
    for (const measured of [dataset, scored]) {
      expect([name, [400, 422].includes(measured.status), measured.text.slice(0, 300)]).toEqual([
        name,
        true,
        expect.anything(),
      ]);
      expectInTime(name, measured);
    }
  });

  it.each(Object.entries(TAKEN))('that is taken answers in time: %s', async (name, [schema, variables]) => {
    const route = promptPath(`taken-${Object.keys(TAKEN).indexOf(name)}`);
    const put = await measure(
      'PUT',
      route,
      `{"template_source":"x","variables_schema":${textOf(schema)},"set_active":true}`,
    );
    expect([name, put.status, put.status === 200 ? '' : put.text]).toEqual([name, 200, '']);
    const rendered = await measure('POST', `${route}:render`, `{"variables":${variables}}`);
    expect([name, rendered.status, rendered.text.slice(0, 200)]).toEqual([name, 422, expect.anything()]);
    expect(JSON.parse(rendered.text)).toMatchObject({ code: 'VARIABLES_INVALID' });
    for (const measured of [put, rendered]) {
      expectInTime(name, measured);
    }
  });

  it('cannot be got round by variables that name a prototype', async () => {
    const route = promptPath('named');
    const schema = '{"additionalProperties":{"type":"string"}}';
    await measure('PUT', route, `{"template_source":"x","variables_schema":${schema},"set_active":true}`);
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const measured = await measure('POST', `${route}:render`, `{"variables":{"${key}":{"polluted":1}}}`);
      expect([key, [400, 422].includes(measured.status)]).toEqual([key, true]);
      expectInTime(key, measured);
    }
  });
});
