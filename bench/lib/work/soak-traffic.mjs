import { setTimeout as sleep } from 'node:timers/promises';
import { executionBody, PROMPT_PATH } from './workload.mjs';

/** The number of clients, each with one request at a time. */
const CLIENTS = 24;
/** The pause of a client between two requests, so that the process is busy but not saturated. */
const PAUSE_MS = 10;
const LABEL = 'bench-soak';
const LARGE_TEXT = 'word '.repeat(41_000);
const MODEL = 'openai/gpt-4o-mini';

/**
 * The requests that clients make in a day, including wrong ones, each with its weight and its expected statuses.
 *
 * @param {import('../servers/ledger.mjs').Ledger} ledger
 * @returns {{ name: string, weight: number, expected: number[], send: (count: number) => Promise<Response> }[]}
 */
function listKinds(ledger) {
  const get = (path, headers) => () => fetch(ledger.url + path, { headers: headers ?? ledger.headers });
  const post = (path, bodyOf, more) => (count) =>
    fetch(ledger.url + path, {
      method: 'POST',
      headers: { ...ledger.headers, ...more?.(count) },
      body: JSON.stringify(bodyOf(count)),
    });
  const run = () => executionBody(LABEL);
  const chat = (stream) => () => ({
    model: MODEL,
    stream,
    messages: [{ role: 'user', content: 'Say hello.' }],
  });
  const large = () => ({ ...run(), variables: { text: LARGE_TEXT } });
  return [
    { name: 'run', weight: 30, expected: [200], send: post('/v1/executions:run', run) },
    {
      name: 'run, a key of several',
      weight: 6,
      expected: [200, 409],
      send: post('/v1/executions:run', run, (count) => ({ 'idempotency-key': `soak-${count % 500}` })),
    },
    { name: 'submit', weight: 12, expected: [202], send: post('/v1/executions:submit', run) },
    {
      name: 'batch of ten',
      weight: 1,
      expected: [202],
      send: post('/v1/executions:submit-batch', () => {
        const { variables, correlation_id: _, ...common } = run();
        return { ...common, entries: Array.from({ length: 10 }, () => ({ variables })) };
      }),
    },
    { name: 'stream', weight: 10, expected: [200], send: post('/v1/executions:stream', run) },
    { name: 'stream that is left', weight: 4, expected: [0, 200], send: leaveStream(ledger, run) },
    { name: 'chat', weight: 8, expected: [200], send: post('/openai/v1/chat/completions', chat(false)) },
    {
      name: 'chat stream',
      weight: 6,
      expected: [200],
      send: post('/openai/v1/chat/completions', chat(true)),
    },
    { name: 'prompt', weight: 8, expected: [200], send: get(PROMPT_PATH) },
    { name: 'list', weight: 4, expected: [200], send: get('/v1/executions?limit=20') },
    { name: 'analytics', weight: 1, expected: [200], send: get('/v1/analytics/prompts?mode=all') },
    { name: 'large text', weight: 1, expected: [413], send: post('/v1/executions:run', large) },
    {
      name: 'new version',
      weight: 1,
      expected: [200],
      // A few hundred contents take turns, to reveal a cache that grows with each of them.
      send: (count) =>
        fetch(`${ledger.url}/v1/prompts/soak-${count % 20}`, {
          method: 'PUT',
          headers: ledger.headers,
          body: JSON.stringify({ template_source: `Hello {{name}} ${count % 300}`, set_active: true }),
        }),
    },
    {
      name: 'bad body',
      weight: 3,
      expected: [400],
      send: post('/v1/executions:run', () => ({ nonsense: 1 })),
    },
    { name: 'unknown id', weight: 2, expected: [404], send: get('/v1/prompts/no-such-prompt') },
    { name: 'wrong key', weight: 3, expected: [401], send: (count) => get('/v1/prompts', wrongKey(count))() },
  ];
}

/** Stands for the answer that the client did not wait for. */
const LEFT = { status: 204, arrayBuffer: () => Promise.resolve(new ArrayBuffer(0)) };

const wrongKey = (count) => ({
  'x-api-key': `pl_${count.toString(16).padStart(8, '0')}-0000-7000-8000-000000000000_secret`,
});

/** Disconnects while the answer arrives. */
function leaveStream(ledger, bodyOf) {
  return async () => {
    const left = new AbortController();
    setTimeout(() => left.abort(), 15);
    try {
      return await fetch(`${ledger.url}/v1/executions:stream`, {
        method: 'POST',
        headers: ledger.headers,
        body: JSON.stringify(bodyOf()),
        signal: left.signal,
      });
    } catch {
      return LEFT;
    }
  };
}

/**
 * Sends mixed traffic until it is stopped.
 *
 * @param {import('../servers/ledger.mjs').Ledger} ledger
 * @returns {{ stop: () => Promise<{ requests: number, wrong: string[] }> }} `wrong`: answers with an unexpected status for their kind.
 */
export function startSoakTraffic(ledger) {
  const kinds = listKinds(ledger);
  const drawn = kinds.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
  const wrong = [];
  let requests = 0;
  let isOver = false;

  async function beClient(first) {
    // The stride is coprime to the number of tickets, so every client meets every kind.
    for (let turn = first; !isOver; turn += 7) {
      const kind = drawn[turn % drawn.length];
      const status = await readStatus(kind, turn);
      requests += 1;
      if (!isRight(kind, status) && wrong.length < 10) wrong.push(`${kind.name}: ${status}`);
      await sleep(PAUSE_MS);
    }
  }
  const clients = Array.from({ length: CLIENTS }, (_, at) => beClient(at * 4));
  return {
    stop: async () => {
      isOver = true;
      await Promise.all(clients);
      return { requests, wrong };
    },
  };
}

async function readStatus(kind, turn) {
  try {
    const response = await kind.send(turn);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

function isRight({ expected }, status) {
  return expected.includes(status) || (status === 204 && expected.includes(0));
}
