import { randomInt } from 'node:crypto';
import { api, type ApiBody, type ApiClient, type ApiResponse } from '../../../support/api-client.js';
import type { FaultContext } from '../../core/fault-context.js';
import { inParallel } from '../../core/ledger-client.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = {
  full: { projects: 200, requests: 20_000, requestsPerCut: 200 },
  short: { projects: 8, requests: 400, requestsPerCut: 40 },
};
const CLIENTS = 32;
const POOL_SIZE = '2';
const SETTLE_LIMIT_MS = 120_000;
const MARK = /tenant-\d{4}/g;

interface Tenant {
  /** The name of the project, which is in everything that it sends and in nothing that others send. */
  readonly mark: string;
  readonly client: ApiClient;
  /** The latest of its executions. */
  executionId: string | null;
}

interface Seen {
  requests: number;
  rolledBack: number;
  cutOff: number;
  unknownToOthers: number;
  readonly foreign: string[];
  readonly surprises: string[];
}

/**
 * One API with a pool of two connections serves all projects in turn. Each project writes its own name into everything it sends,
 * so an answer or a row with another name is a leak. Requests refused within their transaction, and connections
 * that are terminated, hand the connections on to the next request.
 */
export const tenantsRow: FaultRow = {
  number: 22,
  fault:
    '200 projects interleaved over a pool of 2 connections, 20,000 requests, every fifth rolled back, a connection terminated every 200',
  mustHold: '0 rows of another project read or written',
  async run(context, size) {
    const { projects, requests, requestsPerCut } = SIZES[size];
    const settings = context.settings('Postgres', { WORKER: 'on', DATABASE_POOL_SIZE: POOL_SIZE });
    const { url } = await context.startApi(settings);
    const tenants = await openTenants(context, url, projects);
    const seen: Seen = {
      requests: 0,
      rolledBack: 0,
      cutOff: 0,
      unknownToOthers: 0,
      foreign: [],
      surprises: [],
    };
    let terminated = 0;
    await inParallel(requests, CLIENTS, async (index) => {
      if (context.isOver) return;
      if (index % requestsPerCut === requestsPerCut - 1) terminated += await terminateOne(context);
      await askSomething(tenants, index, seen);
    });
    const settledMs = await context.untilSettled(SETTLE_LIMIT_MS);
    const misplaced = await findMisplaced(context);
    return {
      landed: [
        { what: 'projects', count: tenants.length, atLeast: projects },
        { what: 'requests that were answered', count: seen.requests, atLeast: requests * 0.9 },
        { what: 'transactions rolled back', count: seen.rolledBack, atLeast: requests / 10 },
        {
          what: 'questions for the execution of another',
          count: seen.unknownToOthers,
          atLeast: requests / 50,
        },
        { what: 'connections terminated', count: terminated, atLeast: size === 'full' ? 50 : 1 },
      ],
      measured: {
        requests: seen.requests,
        'rolled back': seen.rolledBack,
        'cut off': seen.cutOff,
        'connections terminated': terminated,
        'foreign rows read': seen.foreign.length,
        'foreign rows written': misplaced.length,
      },
      broken: [
        ...(settledMs === null ? ['Not all was done within two minutes.'] : []),
        ...seen.foreign.slice(0, 5),
        ...misplaced.slice(0, 5),
        ...seen.surprises.slice(0, 5),
      ],
    };
  },
};

async function openTenants(context: FaultContext, url: string, count: number): Promise<Tenant[]> {
  const admin = context.admin(url);
  const tenants: Tenant[] = [];
  for (let index = 0; index < count; index += 1) {
    const mark = `tenant-${String(index).padStart(4, '0')}`;
    const project = await admin.post<{ project_id: string }>('/v1/projects', { name: mark });
    const key = await admin.post<{ key: string }>(`/v1/projects/${project.body.project_id}/keys`, {
      name: mark,
      role: 'admin',
    });
    if (key.status !== 201) throw new Error(`a project could not be made: ${JSON.stringify(key.body)}`);
    const client = api(url, key.body.key);
    await context.putPrompt(url, key.body.key);
    tenants.push({ mark, client, executionId: null });
  }
  return tenants;
}

/** A tenth of each kind. The last two are refused within their transaction, the very last one after it has written. */
const KINDS: readonly ((tenant: Tenant, other: Tenant, index: number) => Promise<ApiResponse<ApiBody>>)[] = [
  ({ client, mark }) => client.post('/v1/executions:run', asking(mark)),
  ({ client, mark }) => client.post('/v1/executions:submit', asking(mark)),
  ({ client, mark }) =>
    client.post('/v1/executions:submit-batch', {
      prompt_name: 'greeting',
      entries: [{ variables: { name: mark } }, { variables: { name: mark } }],
    }),
  ({ client, mark }, _other, index) =>
    client.put('/v1/prompts/greeting', {
      template_source: `Hello {{name}} of ${mark}, ${index}`,
      set_active: true,
    }),
  ({ client }) => client.get('/v1/prompts/greeting'),
  ({ client }) => client.get('/v1/executions?limit=5'),
  ({ client, executionId }) => client.get(`/v1/executions/${executionId ?? ''}`),
  ({ client }, other) => client.get(`/v1/executions/${other.executionId ?? ''}`),
  ({ client, mark }) =>
    client.put('/v1/prompts/greeting/environments/staging', { version_number: 1_000_000, reason: mark }),
  ({ client, mark }) =>
    client.post('/v1/prompts/register-code', {
      prompts: [
        { name: `constant-of-${mark}`, template_source: `Written, and then taken back for ${mark}` },
        { name: 'greeting', template_source: 'This one has another mode.' },
      ],
    }),
];
const OF_ANOTHER = 7;
const ROLLED_BACK = [8, 9];

function asking(mark: string) {
  return { prompt_name: 'greeting', variables: { name: mark } };
}

async function askSomething(tenants: readonly Tenant[], index: number, seen: Seen): Promise<void> {
  const tenant = tenants[index % tenants.length] as Tenant;
  const other = tenants[(index + 1 + randomInt(tenants.length - 1)) % tenants.length] as Tenant;
  const kind = randomInt(KINDS.length);
  if (kind === OF_ANOTHER && other.executionId === null) return;
  let answer: ApiResponse<ApiBody>;
  try {
    answer = await (KINDS[kind] as (typeof KINDS)[number])(tenant, other, index);
  } catch {
    seen.cutOff += 1;
    return;
  }
  seen.requests += 1;
  const text = JSON.stringify(answer.body);
  const foreign = (text.match(MARK) ?? []).filter((mark) => mark !== tenant.mark);
  if (foreign.length > 0) seen.foreign.push(`${tenant.mark} was answered with ${text.slice(0, 300)}.`);
  // A connection of this request was terminated.
  if (answer.status >= 500) {
    seen.cutOff += 1;
    return;
  }
  if (kind === OF_ANOTHER) {
    seen.unknownToOthers += 1;
    if (answer.status !== 404) seen.foreign.push(`${tenant.mark} asked for another's execution: ${text}.`);
    return;
  }
  if (ROLLED_BACK.includes(kind)) {
    if (answer.status >= 400) seen.rolledBack += 1;
    else seen.surprises.push(`What was to be refused was answered with ${answer.status} ${text}.`);
    return;
  }
  const id = answer.body['execution_id'];
  if (typeof id === 'string' && answer.status < 300) tenant.executionId = id;
  else if (answer.status >= 400 && tenant.executionId !== null)
    seen.surprises.push(`${answer.status} ${text.slice(0, 300)}`);
}

/** @returns 1, or 0 when the application held no connection at that moment. */
async function terminateOne({ database }: FaultContext): Promise<number> {
  const rows = await database.query(
    `SELECT pg_terminate_backend(pid) FROM (
       SELECT pid FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'prompt-ledger'
       ORDER BY random() LIMIT 1) victim`,
  );
  return rows.length;
}

/** Finds rows whose text has the name of another project. */
async function findMisplaced({ database }: FaultContext): Promise<string[]> {
  const rows = await database.query<{ kind: string; id: string; name: string; text: string }>(
    `SELECT kind, id, projects.name, left(text, 200) AS text FROM (
       SELECT 'execution' AS kind, project_id, execution_id::text AS id, to_jsonb(e)::text AS text FROM executions_all e
       UNION ALL SELECT 'input', project_id, execution_id::text, to_jsonb(i)::text FROM execution_inputs i
       UNION ALL SELECT 'version', project_id, version_id::text, to_jsonb(v)::text FROM prompt_versions v
       UNION ALL SELECT 'audit entry', project_id, audit_id::text, to_jsonb(a)::text FROM audit_log a
     ) written JOIN projects USING (project_id)
     WHERE projects.name LIKE 'tenant-%' AND replace(text, projects.name, '') ~ 'tenant-[0-9]{4}'`,
  );
  return rows.map(({ kind, id, name, text }) => `The ${kind} ${id} of ${name} says ${text}.`);
}
