import { startAnthropicServer } from '../../fakes/vendors/anthropic-server.js';
import { startGoogleServer } from '../../fakes/vendors/google-server.js';
import type { VendorServer } from '../../fakes/vendors/vendor-server.js';
import {
  ARGUMENTS,
  FORMAT,
  MODELS,
  putPrompts,
  requestFor,
  SCHEMA,
  sendText,
  TOOLS,
  VALUES,
  type Vendor,
  within,
} from './exact-texts.js';
import { promptPath, putPrompt, type Stage, startStage, untilFinal } from '../stage.js';

const KEY = 'a-vendors-key-0123456789abcdef';
let stage: Stage;
let anthropic: VendorServer;
let google: VendorServer;

beforeAll(async () => {
  anthropic = await startAnthropicServer(KEY);
  google = await startGoogleServer(KEY);
  stage = await startStage({
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_BASE_URL: anthropic.origin,
    GEMINI_API_KEY: KEY,
    GOOGLE_GEMINI_BASE_URL: google.origin,
  });
  await putPrompts(stage);
});
afterAll(async () => {
  await stage.close();
  await Promise.all([anthropic.stop(), google.stop()]);
});
beforeEach(() => [stage.openai, anthropic, google].forEach((vendor) => vendor.reset()));

const send = (method: string, route: string, body?: string) => sendText(stage, method, route, body);
const putText = (name: string, body: string) => send('PUT', promptPath(name), body);

const VENDORS = Object.keys(MODELS) as Vendor[];
const vendorOf = (name: Vendor) => ({ openai: stage.openai, anthropic, google })[name];
const receivedBy = (name: Vendor) => vendorOf(name).requests.map(({ text }) => text);

describe('variables', () => {
  it.each(VALUES)('are rendered as they came: %s', async (value) => {
    const rendered = await send('POST', `${promptPath('show')}:render`, `{"variables":{"v":${value}}}`);
    expect(rendered).toMatchObject({ status: 200, text: expect.stringContaining(within(value)) as string });
  });

  it.each(VENDORS.flatMap((vendor) => VALUES.map((value) => [vendor, value] as const)))(
    'reach %s by :run, :submit and :stream as they came, and are given back: %s',
    async (vendor, value) => {
      const body = requestFor(vendor, `{"v": ${value}}`);
      expect(await send('POST', '/v1/executions:run', body)).toMatchObject({ status: 200 });
      const submitted = await send('POST', '/v1/executions:submit', body);
      const { execution_id: id } = JSON.parse(submitted.text) as { execution_id: string };
      await untilFinal(stage.admin, id);
      expect(await send('POST', '/v1/executions:stream', body)).toMatchObject({ status: 200 });
      expect(receivedBy(vendor)).toEqual(Array(3).fill(expect.stringContaining(within(value))));
      expect((await send('GET', `/v1/executions/${id}`)).text).toContain(`"variables":{"v": ${value}}`);
    },
  );

  it('of prompts in code are no others', async () => {
    const [, value = ''] = VALUES;
    await stage.admin.post('/v1/prompts/register-code', {
      prompts: [{ name: 'CODE', template_source: '{{ v }}' }],
    });
    const body = `{"variables":{"v":${value}},"provider":"openai","model_name":"gpt-4o-mini","mode":"sync"}`;
    expect(await send('POST', '/v1/prompts/CODE/execute', body)).toMatchObject({ status: 200 });
    expect(receivedBy('openai')).toEqual([expect.stringContaining(within(value))]);
  });

  it('that are numbers themselves are sent as they came', async () => {
    await putPrompt(stage.admin, 'numbers', '{{ id }} {{ amount }} {{ zero }}');
    const variables = '{"id":12345678901234567890,"amount":1.10,"zero":-0}';
    await send('POST', '/v1/executions:run', requestFor('openai', variables, '', 'numbers'));
    expect(receivedBy('openai')).toEqual([expect.stringContaining('"12345678901234567890 1.10 -0"')]);
  });

  it('of batches, of the OpenAI API and of what is recorded are no others', async () => {
    const [value = ''] = VALUES;
    const batch = `{"prompt_name":"show","model":${MODELS.openai},"entries":[{"variables":{"v":${value}}}]}`;
    expect(await send('POST', '/v1/executions:submit-batch', batch)).toMatchObject({ status: 202 });
    const completion = `{"model":"prompt/show","prompt_model":${MODELS.openai},"prompt_variables":{"v":${value}}}`;
    expect(await send('POST', '/openai/v1/chat/completions', completion)).toMatchObject({ status: 200 });
    const entry = `{"prompt_name":"show","variables":{"v":${value}},"model":{"provider":"openai","model_name":"x"},"status":"succeeded","response_text":"x","started_at":"2026-11-24T10:00:00Z","usage":{"raw":${value}}}`;
    const recorded = await send('POST', '/v1/executions:record', `{"executions":[${entry}]}`);
    const { recorded: rows } = JSON.parse(recorded.text) as { recorded: { execution_id: string }[] };
    const execution = await send('GET', `/v1/executions/${rows[0]?.execution_id}`);
    expect(execution.text).toContain(`"rendered_prompt":"${within(value)}"`);
    expect(execution.text).toContain(`"variables":{"v":${value}}`);
    expect(execution.text).toContain(`"usage":${value}`);
    await stage.admin.get('/v1/executions?limit=1');
    for (let tries = 0; receivedBy('openai').length < 2 && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(receivedBy('openai')).toEqual(Array(2).fill(expect.stringContaining(within(value))));
  });
});

describe('tools and formats', () => {
  it.each(VENDORS)('reach %s by :run and through the queue as they were put', async (vendor) => {
    const body = requestFor(vendor, '{"v":1}', '', 'tooled');
    expect(await send('POST', '/v1/executions:run', body)).toMatchObject({ status: 200 });
    const submitted = await send('POST', '/v1/executions:submit', body);
    await untilFinal(stage.admin, (JSON.parse(submitted.text) as { execution_id: string }).execution_id);
    const texts = receivedBy(vendor);
    expect(texts).toHaveLength(2);
    for (const text of texts) expect(text.split(SCHEMA)).toHaveLength(3);
  });

  it('of a bare call are no others, and stand in its record', async () => {
    const body = `{"model":${MODELS.anthropic},"messages":[{"role":"user","content":"x"}],"tools":${TOOLS},"response_format":${FORMAT}}`;
    const completion = await send('POST', '/openai/v1/chat/completions', body);
    expect(receivedBy('anthropic')[0]?.split(SCHEMA)).toHaveLength(3);
    const id = completion.headers.get('x-execution-id');
    expect((await send('GET', `/v1/executions/${id}`)).text).toContain(
      `"tools":${TOOLS},"response_format":${FORMAT}`,
    );
  });

  it('get the type that Anthropic wants, and keep all else', async () => {
    const parameters = '{"10":1.0,"type":"null","b":{"2":2.0,"1":1}}';
    await putText(
      'typed',
      `{"template_source":"x","set_active":true,"tools":${TOOLS.replace(SCHEMA, parameters)}}`,
    );
    await send('POST', '/v1/executions:run', requestFor('anthropic', '{}', '', 'typed'));
    expect(receivedBy('anthropic')[0]).toContain(
      '"input_schema":{"10":1.0,"type":"object","b":{"2":2.0,"1":1}}',
    );
  });

  it('are given back, compared, and told apart as they were put', async () => {
    const content = (maximum: string) =>
      `{"template_source":"x","set_active":true,"tools":${TOOLS.replace('12345678901234567890', maximum)}}`;
    const first = await putText('compared', content('12345678901234567890'));
    const second = await putText('compared', content('12345678901234567000'));
    expect([first.text, second.text]).toEqual([
      expect.stringContaining('"version_number":1'),
      expect.stringContaining('"version_number":2'),
    ]);
    expect(JSON.parse((await putText('compared', content('12345678901234567890'))).text)).toMatchObject({
      version: { version_number: 1 },
      version_change: false,
    });
    expect((await send('GET', promptPath('compared'))).text).toContain(`"tools":${TOOLS}`);
    expect((await send('GET', `${promptPath('compared')}/versions/1`)).text).toContain(`"tools":${TOOLS}`);
    const diff = JSON.parse((await send('GET', `${promptPath('compared')}/diff?from=1&to=2`)).text) as {
      unified: string;
    };
    expect(diff.unified).toContain('-            "maximum": 12345678901234567890');
    expect(diff.unified).toContain('+            "maximum": 12345678901234567000');
    expect(diff.unified).toContain(' "multipleOf": 0.10');
  });

  it('are refused where a number is no number of any provider', async () => {
    const answer = await putText(
      'refused',
      `{"template_source":"x","tools":${TOOLS.replace('0.10', '1e400')}}`,
    );
    expect(answer).toMatchObject({
      status: 400,
      text: expect.stringContaining('is not a finite number') as string,
    });
  });
});

describe('arguments of calls', () => {
  const history = `[{"role":"user","content":"x"},{"role":"assistant","content":"","tool_calls":[{"id":"call_1","type":"function","function":{"name":"find","arguments":${JSON.stringify(ARGUMENTS)}}}]},{"role":"tool","tool_call_id":"call_1","content":${JSON.stringify(ARGUMENTS)}}]`;

  it.each([
    ['openai', `"arguments":${JSON.stringify(ARGUMENTS)}`],
    ['anthropic', `"input":${ARGUMENTS}`],
    ['google', `"args":${ARGUMENTS}`],
  ] as const)('go back to %s as the model wrote them', async (vendor, expected) => {
    const body = `{"model":${MODELS[vendor]},"messages":${history},"tools":${TOOLS}}`;
    expect(await send('POST', '/openai/v1/chat/completions', body)).toMatchObject({ status: 200 });
    expect(receivedBy(vendor)).toEqual([expect.stringContaining(expected)]);
  });

  it('go back to Google with results as the tool wrote them', async () => {
    const body = `{"model":${MODELS.google},"messages":${history},"tools":${TOOLS}}`;
    await send('POST', '/openai/v1/chat/completions', body);
    expect(receivedBy('google')).toEqual([expect.stringContaining(`"response":${ARGUMENTS}`)]);
  });

  const whole = {
    openai: `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"find","arguments":${ARGUMENTS}}}]}}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`,
    anthropic: `{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"tool_use","id":"call_1","name":"find","input":${ARGUMENTS}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}`,
    google: `{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"id":"call_1","name":"find","args": ${ARGUMENTS}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1}}`,
  };
  const events = {
    openai: `data: ${whole.openai.replace('"message":', '"delta":').replace('.completion"', '.completion.chunk"').replace('[{"id":"call_1"', '[{"index":0,"id":"call_1"')}\n\ndata: [DONE]\n\n`,
    anthropic: [
      '{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}',
      `{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"call_1","name":"find","input":${ARGUMENTS}}}`,
      '{"type":"content_block_stop","index":0}',
      '{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":1}}',
      '{"type":"message_stop"}',
    ]
      .map((data) => `event: ${/"type":"(\w+)"/.exec(data)?.[1]}\ndata: ${data}\n\n`)
      .join(''),
    google: `data: ${whole.google}\n\n`,
  };

  it('come with a usage that is given back as the vendor wrote it', async () => {
    const usage = '"usage":{"prompt_tokens":1,"completion_tokens":1,"cost":0.10,"2":1e-7,"1":{}}';
    const body = whole.openai.replace(/"usage":.*(?=\}$)/, usage);
    stage.openai.behave({ kind: 'raw', body, headers: { 'content-type': 'application/json' } });
    const run = await send('POST', '/v1/executions:run', requestFor('openai', '{"v":1}', '', 'tooled'));
    const { execution_id: id } = JSON.parse(run.text) as { execution_id: string };
    expect((await send('GET', `/v1/executions/${id}`)).text).toContain(usage);
  });

  it.each(VENDORS)('come from %s as the model wrote them, whole and in pieces', async (vendor) => {
    const expected = `"arguments":${JSON.stringify(ARGUMENTS)}`;
    const asked = requestFor(vendor, '{"v":1}', '', 'tooled');
    const document = { kind: 'raw', body: whole[vendor] } as const;
    if (vendor === 'openai') {
      stage.openai.behave({ ...document, headers: { 'content-type': 'application/json' } });
    } else {
      (vendorOf(vendor) as VendorServer).behaviour = { ...document, contentType: 'application/json' };
    }
    expect((await send('POST', '/v1/executions:run', asked)).text).toContain(expected);
    const stream = { kind: 'raw', body: events[vendor] } as const;
    if (vendor === 'openai') stage.openai.behave(stream);
    else (vendorOf(vendor) as VendorServer).behaviour = stream;
    expect((await send('POST', '/v1/executions:stream', asked)).text.replaceAll('\n', '')).toContain(
      expected,
    );
  });
});
