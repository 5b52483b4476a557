import { Client } from 'pg';
import { OpenAiServer } from '../fakes/vendors/openai-server.js';
import { api, type ApiBody, type ApiClient, type ApiResponse } from '../support/api-client.js';
import { createSeededDatabase } from '../support/database/database.js';
import { eventually } from '../support/eventually.js';
import { startLedger, type LedgerProcess } from '../support/servers/processes.js';

export const ADMIN_KEY = 'the-admin-key-of-the-tests';
export const ECHO = { provider: 'echo', model_name: 'echo' };
export const OPENAI = { provider: 'openai', model_name: 'gpt-4o-mini' };

/** The stage of one test file: a ledger with its own database, and a provider that records its requests. */
export interface Stage {
  readonly ledger: LedgerProcess;
  /** Uses the admin's key. */
  readonly admin: ApiClient;
  readonly openai: OpenAiServer;
  /** For further processes on the same database. */
  readonly env: Readonly<Record<string, string>>;
  /** Bypasses the API, as the owner of the tables. `sql` uses it too. */
  readonly owner: Client;
  sql<T = ApiBody>(text: string, values?: readonly unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

/** Starts a ledger that listens and allows the models of the catalogue. */
export async function startStage(settings: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const database = await createSeededDatabase();
  const openai = await OpenAiServer.start();
  const env = {
    DATABASE_URL: database.url,
    API_KEY: ADMIN_KEY,
    KEY_HASH_SECRET: 'a-secret-of-the-tests',
    SECRETS_KEY: 'YSB0ZXN0IGtleSBvZiAzMiBieXRlcyBpbiBiYXNlNjQ=',
    OPENAI_API_KEY: 'sk-stand-in-0000000000000000',
    OPENAI_BASE_URL: openai.baseUrl,
    // Files in which many calls fail on purpose would open a circuit; those about circuits set their own value.
    CIRCUIT_FAILURES: '0',
    RETRY_WAITS_MS: '200',
    SHUTDOWN_LINGER_MS: '100',
  };
  const client = new Client({ connectionString: database.url });
  const takeDown = async () => {
    await client.end();
    await openai.stop();
    await database.drop();
  };
  const ledger = await setUp({ ...env, ...settings }, client).catch(async (error: unknown) => {
    // Anything that still listens would keep Jest from ending.
    await takeDown();
    throw error;
  });
  return {
    ledger,
    admin: api(ledger.url, ADMIN_KEY),
    openai,
    env,
    owner: client,
    sql: async <T>(text: string, values: readonly unknown[] = []) =>
      (await client.query(text, [...values])).rows as T[],
    close: async () => {
      await ledger.stop();
      await takeDown();
    },
  };
}

async function setUp(env: Readonly<Record<string, string>>, client: Client): Promise<LedgerProcess> {
  await client.connect();
  return startLedger({ env });
}

export interface PutAnswer {
  readonly prompt: { readonly prompt_id: string; readonly name: string; readonly mode: string };
  readonly version: {
    readonly version_id: string;
    readonly version_number: number;
    readonly checksum_hash: string;
    readonly status: string;
  };
  readonly version_change: boolean;
}

export interface Execution extends ApiBody {
  readonly execution_id: string;
  readonly status: string;
  readonly response_text: string | null;
  readonly attempts: readonly ApiBody[];
}

export function promptPath(name: string): string {
  return `/v1/prompts/${encodeURIComponent(name)}`;
}

/** Puts a prompt and makes it active. A test without its prompt must not continue. */
export async function putPrompt(
  client: ApiClient,
  name: string,
  content: string | readonly ApiBody[],
  more: ApiBody = {},
): Promise<PutAnswer> {
  const body = typeof content === 'string' ? { template_source: content } : { messages: content };
  const answer = await client.put<PutAnswer>(promptPath(name), { ...body, set_active: true, ...more });
  if (answer.status !== 200) throw new Error(`PUT ${name}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export async function submit(client: ApiClient, body: ApiBody): Promise<string> {
  const answer = await client.post<{ execution_id: string }>('/v1/executions:submit', body);
  if (answer.status !== 202) throw new Error(`:submit: ${JSON.stringify(answer.body)}`);
  return answer.body.execution_id;
}

export async function getExecution(client: ApiClient, id: string): Promise<Execution> {
  return (await client.get<Execution>(`/v1/executions/${id}`)).body;
}

export async function untilFinal(client: ApiClient, id: string): Promise<Execution> {
  let execution = await getExecution(client, id);
  await eventually(async () => {
    if (['succeeded', 'failed', 'canceled'].includes(execution.status)) return true;
    execution = await getExecution(client, id);
    return false;
  });
  return execution;
}

/** Expects the form that every refusal has (RFC 9457), whatever the reason. */
export function expectProblem(answer: ApiResponse<unknown>, status: number, code: string): void {
  expect({ ...answer, body: answer.body, contentType: answer.headers.get('content-type') }).toMatchObject({
    status,
    contentType: expect.stringMatching(/^application\/problem\+json\b/) as string,
    body: {
      type: expect.any(String) as string,
      title: expect.any(String) as string,
      status,
      detail: expect.stringMatching(/\S/) as string,
      instance: expect.any(String) as string,
      code,
    },
  });
}

export const ANY_ID = expect.stringMatching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
) as string;
export const ANY_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
export const UNKNOWN_ID = '01900000-0000-7000-8000-000000000000';
