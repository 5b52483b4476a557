import { ADMIN_KEY, putPrompt, promptPath, type Stage } from '../stage.js';

/** JSON that is only passed on must not change: JSON.parse and JSON.stringify would change each of these texts. */
export const VALUES = [
  '{"order_id":12345678901234567890,"amount":1.10}',
  '{"b":1,"10":{"z":2.0,"2":[],"1":{}},"9":"1.10","a":[9007199254740993,-0,0.0]}',
  '[1E5,1e-7,0.1234567890123456789,1e400,-1.50,100000000000000000000000]',
];
/** A schema cannot express infinity, so 1e400 is left out. */
export const SCHEMA =
  '{"type":"object","z":1.0,"properties":{"10":{"maximum":12345678901234567890},"9":{"multipleOf":0.10,"default":-0},"a":{"const":1E5}}}';
export const TOOLS = `[{"type":"function","function":{"name":"find","parameters":${SCHEMA}}}]`;
export const FORMAT = `{"type":"json_schema","json_schema":{"name":"answer","schema":${SCHEMA}}}`;
export const ARGUMENTS = '{"id":12345678901234567890,"10":1.10,"9":[-0,1e400,{"b":1.0,"a":2}]}';

export const MODELS = {
  openai: '"openai/gpt-4o-mini"',
  anthropic: '"anthropic/claude-haiku-5-5"',
  google: '"google/gemini-3.5-flash"',
} as const;
export type Vendor = keyof typeof MODELS;

export const requestFor = (vendor: Vendor, variables: string, more = '', prompt = 'show') =>
  `{"prompt_name":"${prompt}","variables":${variables},"model":${MODELS[vendor]}${more}}`;

/** Formats a rendered value as a vendor gets it: a JSON text within a JSON text. */
export const within = (text: string) => JSON.stringify(text).slice(1, -1);

/** Sends the exact text, and returns the exact answer. */
export async function sendText(
  stage: Stage,
  method: string,
  route: string,
  body?: string,
  headers: Record<string, string> = {},
) {
  const response = await fetch(stage.ledger.url + route, {
    method,
    headers: { 'x-api-key': ADMIN_KEY, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** Puts `show`, which is its variable `v`, and `tooled`, which also has tools and a format. */
export async function putPrompts(stage: Stage): Promise<void> {
  await putPrompt(stage.admin, 'show', '{{ v }}');
  const content = `{"template_source":"{{ v }}","set_active":true,"tools":${TOOLS},"response_format":${FORMAT}}`;
  const answer = await sendText(stage, 'PUT', promptPath('tooled'), content);
  if (answer.status !== 200) throw new Error(answer.text);
}
