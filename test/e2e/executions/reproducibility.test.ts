import corpus from '../../fixtures/templating/corpus.json';
import type { ApiBody } from '../../support/api-client.js';
import { rawRequest, type RawResponse } from '../raw-request.js';
import { ADMIN_KEY, ECHO, expectProblem, promptPath, startStage, untilFinal, type Stage } from '../stage.js';

interface CorpusEntry {
  readonly name: string;
  readonly content: { readonly template_source?: string; readonly messages?: readonly ApiBody[] };
  /** JSON text, because its order of keys and its numbers are part of the case. */
  readonly variables_json: string;
  readonly rendered?: string | readonly ApiBody[];
  /** Set where the text of the variables renders differently from the result of `JSON.parse`. */
  readonly rendered_from_text?: string;
  readonly error?: { readonly code: string; readonly pointers?: readonly string[] };
}

/** Entries for the renderer alone: the API refuses such bodies before they reach it. */
const REFUSED_ON_THE_WIRE = new Set([
  'a key sent twice: the last wins',
  'names of the prototype as own properties',
  'a key __proto__ is put out',
  'chat: no messages',
]);

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

/** Sends and receives bytes, so that nothing on the way reorders the variables or rounds their numbers. */
function send(method: string, path: string, body?: string): Promise<RawResponse> {
  return rawRequest(stage.ledger.url, {
    method,
    path,
    headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: Buffer.from(body, 'utf8') }),
  });
}

/** Returns the source text of one field of a JSON object, which `JSON.parse` does not keep. */
function sourceOf(json: string, field: string): string {
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gy;
  let depth = 0;
  let start: number | null = null;
  let previous = '';
  for (let match = token.exec(json); match !== null; match = nextToken(token, json)) {
    const [text] = match;
    if ((text === ',' || text === '}') && depth === 1 && start !== null)
      return json.slice(start, match.index);
    if (text === ':' && depth === 1 && previous === `"${field}"`) start = token.lastIndex;
    if (text === '{' || text === '[') depth += 1;
    if (text === '}' || text === ']') depth -= 1;
    previous = text;
  }
  throw new Error(`There is no ${field} in ${json.slice(0, 100)}`);
}

function nextToken(token: RegExp, json: string): RegExpExecArray | null {
  while (/\s/.test(json.charAt(token.lastIndex))) token.lastIndex += 1;
  return token.exec(json);
}

function put(name: string, content: object): Promise<RawResponse> {
  return send('PUT', promptPath(name), JSON.stringify({ ...content, set_active: true }));
}

function execute(verb: 'run' | 'submit', name: string, variablesJson: string): Promise<RawResponse> {
  const fields = [`"prompt_name":${JSON.stringify(name)}`, `"model":${JSON.stringify(ECHO)}`];
  return send('POST', `/v1/executions:${verb}`, `{${fields.join(',')},"variables":${variablesJson}}`);
}

/** Runs the content, and repeats it from nothing but what the execution reports. */
async function runAndRepeat(
  name: string,
  content: object,
  variablesJson: string,
): Promise<[RawResponse, ApiBody]> {
  expect(await put(name, content)).toMatchObject({ status: 200 });
  const run = await execute('run', name, variablesJson);
  expect(run).toMatchObject({ status: 200, body: { status: 'succeeded' } });
  const stored = await send('GET', `/v1/executions/${String(run.body['execution_id'])}`);
  // Another version is active now, so this must ask for the execution's own.
  expect(await put(name, otherThan(content))).toMatchObject({ status: 200 });
  const { version_number, checksum_hash } = stored.body;
  const again = await send(
    'POST',
    `${promptPath(name)}:render`,
    `{"variables":${sourceOf(stored.text, 'variables')},"version_number":${String(version_number)}}`,
  );
  expect(again).toMatchObject({ status: 200, body: { version_number, checksum_hash } });
  return [stored, again.body];
}

function otherThan(content: CorpusEntry['content']): object {
  const other = 'something else {{ entirely }}';
  return content.messages === undefined
    ? { template_source: other }
    : { messages: [{ role: 'user', content: other }] };
}

describe('the corpus of awkward templates', () => {
  const entries = corpus as readonly CorpusEntry[];

  const wired = entries.filter(({ name }) => !REFUSED_ON_THE_WIRE.has(name));
  const isRendered = ({ error, rendered_from_text: text }: CorpusEntry) =>
    error === undefined || text !== undefined;
  const good = wired.filter(isRendered);
  const bad = wired.filter((entry) => !isRendered(entry));

  it('is there', () => {
    expect(good.length).toBeGreaterThan(80);
    expect(entries.length - wired.length).toBe(REFUSED_ON_THE_WIRE.size);
  });

  it.each(good.map((entry, index) => [entry.name, index, entry] as const))(
    'renders from the record as it did at first: %s',
    async (_name, index, { content, variables_json, rendered: fromValues, rendered_from_text: fromText }) => {
      const rendered = fromText ?? fromValues;
      const [stored, again] = await runAndRepeat(`corpus/${index}`, content, variables_json);
      const field = content.messages === undefined ? 'rendered_prompt' : 'messages';
      expect(stored.body[field]).toEqual(rendered);
      expect(again[field]).toEqual(rendered);
    },
  );

  it.each(bad.map((entry, index) => [entry.name, index, entry] as const))(
    'is refused, by PUT or by :run: %s',
    async (_name, index, { content, variables_json, error }) => {
      const name = `refused/${index}`;
      const created = await put(name, content);
      const answer = created.status === 200 ? await execute('run', name, variables_json) : created;
      expect(answer.body['code']).toBe(error?.code);
      const errors = (answer.body['errors'] ?? []) as { pointer: string }[];
      if (error?.pointers !== undefined) {
        expect(errors.map(({ pointer }) => pointer)).toEqual(error.pointers);
      }
    },
  );

  it.each(entries.filter(({ name }) => REFUSED_ON_THE_WIRE.has(name)))(
    'does not come to the renderer: $name',
    async ({ name, content, variables_json }) => {
      const path = `wire/${name.replaceAll(/[^a-z]/g, '-')}`;
      const created = await put(path, content);
      const answer = created.status === 200 ? await execute('run', path, variables_json) : created;
      expectProblem(answer, 400, 'VALIDATION_FAILED');
    },
  );
});

describe('variables', () => {
  const LOOP = '{% for pair in object %}{{ pair[0] }}={{ pair[1] }};{% endfor %}{{ object }}';

  it.each([
    ['keys that look like integers', '{"10":"a","2":"b","x":"c","1":"d"}'],
    ['such keys further in', '{"b":{"9":1,"1":2},"a":[{"7":1,"07":2,"6":3}]}'],
    ['whole numbers beyond 2^53', '{"id":9007199254740993,"big":123456789012345678901234567890}'],
    ['numbers at the edge', '{"a":-0,"b":1e308,"c":5e-324,"d":0.1,"e":1.0,"f":1E+2}'],
    [
      'text of any script',
      '{"\\u00e9":"e\\u0301","emoji":"\\ud83d\\ude00","rtl":"\u05e9\u05dc","nb":"\\u00a0"}',
    ],
    ['text that looks like escapes', '{"a":"\\\\u0041","b":"\\"","c":"\\/","d":"\\u002f"}'],
    ['blanks between', '{ "a" :  1 ,\n\t"b" : [ 1 , 2 ] }'],
    ['empty things', '{"a":"","b":[],"c":{},"d":null,"":"empty key"}'],
  ])('with %s are kept as the text that came, and render again as they did', async (what, objectJson) => {
    const name = `variables/${what.replaceAll(/[^a-z]/g, '-')}`;
    const variables = `{"object":${objectJson}}`;
    const [stored, again] = await runAndRepeat(name, { template_source: LOOP }, variables);
    expect(again['rendered_prompt']).toBe(stored.body['rendered_prompt']);
    const kept = await stage.sql(
      'SELECT variables_json::text AS text FROM execution_inputs WHERE execution_id = $1',
      [stored.body['execution_id']],
    );
    expect(kept).toEqual([{ text: variables }]);
  });

  it.each([
    ['{"id":9007199254740993,"big":123456789012345678901234567890}'],
    ['{"10":"a","2":"b","x":"c","1":"d"}'],
  ])('like %s are given back with the numbers and in the order that came', async (variables) => {
    const [stored] = await runAndRepeat('variables/exact', { template_source: 'x' }, variables);
    expect(sourceOf(stored.text, 'variables')).toBe(variables);
  });
});

it('an execution of the queue repeats as well', async () => {
  const variables = '{"object":{"2":1,"1":2},"n":9007199254740993}';
  await put('queued', { template_source: '{{ object }} {{ n }}' });
  const submitted = await execute('submit', 'queued', variables);
  const id = String(submitted.body['execution_id']);
  const stored = await untilFinal(stage.admin, id);
  const { text } = await send('GET', `/v1/executions/${id}`);
  const again = await send(
    'POST',
    `${promptPath('queued')}:render`,
    `{"variables":${sourceOf(text, 'variables')}}`,
  );
  expect(again.body['rendered_prompt']).toBe(stored['rendered_prompt']);
  expect(stored.response_text).toBe(stored['rendered_prompt']);
});
