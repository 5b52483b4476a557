import OpenAI from 'openai';
import { OpenAiServer, type ReceivedRequest } from '../../fakes/vendors/openai-server.js';
import { FULL_MANNER, OPENAI_CALLS, type OpenAiCall } from './openai-calls.js';
import { ADMIN_KEY, type Stage, startStage } from '../stage.js';

const VENDORS_KEY = 'sk-stand-in-0000000000000000';

/** Members that the service does not pass on, or sets itself however the client asked. */
const NOT_SENT = `stream stream_options n logprobs frequency_penalty presence_penalty logit_bias modalities`;

type Json = Readonly<Record<string, unknown>>;

let stage: Stage;
let vendor: OpenAiServer;

beforeAll(async () => {
  vendor = await OpenAiServer.start({ apiKey: VENDORS_KEY });
  stage = await startStage({ WORKER: 'off', OPENAI_API_KEY: VENDORS_KEY, OPENAI_BASE_URL: vendor.baseUrl });
});
afterAll(async () => {
  await stage.close();
  await vendor.stop();
});

/** Plays the call as if it were the only one, so that the vendor numbers every call alike. */
async function play({ provider = FULL_MANNER, run }: OpenAiCall, client: OpenAI, model: string) {
  vendor.reset();
  vendor.behave(provider);
  const answer = await run(client, model);
  const sent = vendor.requests.filter(({ method }) => method === 'POST');
  return { answer: withoutIds(answer), sent: sent.map(asked) };
}

it('covers the thirty calls', () => {
  expect(OPENAI_CALLS.length).toBeGreaterThanOrEqual(30);
});

describe.each(OPENAI_CALLS)("OpenAI's client: $name", (call) => {
  let direct: Awaited<ReturnType<typeof play>>;
  let throughLedger: Awaited<ReturnType<typeof play>>;

  beforeAll(async () => {
    const vendorsClient = new OpenAI({ baseURL: vendor.baseUrl, apiKey: VENDORS_KEY, maxRetries: 0 });
    const baseURL = `${stage.ledger.url}/openai/v1`;
    direct = await play(call, vendorsClient, 'gpt-4o-mini');
    throughLedger = await play(
      call,
      new OpenAI({ baseURL, apiKey: ADMIN_KEY, maxRetries: 0 }),
      'openai/gpt-4o-mini',
    );
  });

  it('gets the same answer as from the provider itself, but for ids', () => {
    expect(direct.answer).toBeDefined();
    expect(throughLedger.answer).toEqual(direct.answer);
  });

  it('asks the provider for the same', () => {
    if (call.staysHere) expect(throughLedger.sent).toEqual([]);
    // A transient failure is retried.
    else expect(throughLedger.sent.slice(0, direct.sent.length)).toEqual(direct.sent);
  });
});

/** Removes ids, times and the owner of a model. The ids of tool calls stay, because they are the vendor's. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  const { created: _created, owned_by: _owner, ...rest } = value as Json;
  const entries = Object.entries(rest).map(([key, item]): [string, unknown] => [key, withoutIds(item)]);
  return Object.fromEntries(entries.map(([key, item]) => [key, key === 'id' ? idOf(item) : item]));
}

/** A model is the same with and without its provider's name. */
function idOf(id: unknown): unknown {
  return typeof id === 'string' ? id.replace(/^chatcmpl-.*/, 'chatcmpl').replace(/^openai\//, '') : id;
}

/** Removes the members that OpenAI treats as omitted. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const said = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(said.map(([name, member]) => [name, withoutNulls(member)]));
}

/** Reduces a request to its meaning, which can take several forms. */
function asked({ body: received }: ReceivedRequest): unknown {
  const body = withoutNulls(received) as Json | null;
  const { messages, max_tokens, max_completion_tokens, stop, response_format, ...rest } = body ?? {};
  const sent = Object.entries(rest).filter(([name]) => !NOT_SENT.split(' ').includes(name));
  return {
    ...Object.fromEntries(sent),
    limit: max_completion_tokens ?? max_tokens,
    stop: stop === undefined ? undefined : [stop].flat(),
    format: (response_format as Json | undefined)?.['type'] === 'text' ? undefined : response_format,
    messages: (messages as Json[]).map(({ role, content, refusal: _, ...more }) => ({
      role: role === 'developer' ? 'system' : role,
      content: Array.isArray(content) ? content.map(({ text }: { text: string }) => text).join('') : content,
      ...more,
    })),
  };
}
