import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { api, type ApiBody, type ApiClient } from '../../../support/api-client.js';
import type { LedgerProcess } from '../../../support/servers/processes.js';
import type { FaultContext, Settings } from '../../core/fault-context.js';
import { isAlive } from '../../core/connections/faulty-server.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = { full: { rounds: 60, killAfterMs: 120 }, short: { rounds: 1, killAfterMs: 60 } };
const AT_ONCE = 50;
/** High enough that some apply too early. */
const REQUIRED = 5;
const ENVIRONMENT = 'prod';

interface Actor {
  readonly key: string;
}

interface Seen {
  readonly answers: Record<string, number>;
  readonly pids: number[];
  readonly complaints: string[];
  brokenOff: number;
}

interface ChangeRow {
  readonly changeId: string;
  readonly status: string;
  readonly moves: number;
  readonly approvals: number;
  readonly isPointedAt: boolean;
}

/**
 * Two APIs. In each round fifty keys concurrently approve and apply one change, half of them in each order,
 * and one of the APIs is killed meanwhile. Unanswered clients ask again. An approval that arrives after the
 * change was applied is refused, so the approvals on record are those that it was applied with.
 */
export const changesRow: FaultRow = {
  number: 21,
  fault: '50 approvers and appliers at once on one change, an API killed with SIGKILL in between, 60 times',
  mustHold: 'applied exactly once, and never with fewer approvals than it takes',
  async run(context, size) {
    const { rounds, killAfterMs } = SIZES[size];
    const ports = [await context.freePort(), await context.freePort()];
    const apis = await Promise.all(ports.map((port) => context.startApi(settingsOf(context, port))));
    const urls = apis.map(({ url }) => url);
    await protect(context, (urls as [string])[0]);
    const author = await makeActor(context, (urls as [string])[0], 'author');
    const approvers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) =>
        makeActor(context, (urls as [string])[0], `approver ${index}`),
      ),
    );
    const seen: Seen = { answers: {}, pids: [], complaints: [], brokenOff: 0 };
    for (let round = 0; round < rounds && !context.isOver; round += 1) {
      const changeId = await openChange(context, urls, author, round);
      const storm = Promise.all(
        approvers.map((actor, index) => approveAndApply(context, urls, actor, changeId, index, seen)),
      );
      await sleep(randomInt(killAfterMs));
      const victim = randomInt(apis.length);
      const killed = apis[victim] as LedgerProcess;
      await killed.kill();
      seen.pids.push(killed.pid);
      apis[victim] = await context.startApi(settingsOf(context, ports[victim] as number));
      await storm;
    }
    const changes = await readChanges(context);
    return {
      landed: [
        {
          what: 'APIs gone by SIGKILL',
          count: seen.pids.filter((pid) => !isAlive(pid)).length,
          atLeast: rounds,
        },
        { what: 'requests that were cut off', count: seen.brokenOff, atLeast: size === 'full' ? rounds : 0 },
        { what: 'changes', count: changes.length, atLeast: rounds },
        {
          what: 'applies that came too early',
          count: seen.answers['apply 409 APPROVALS_MISSING'] ?? 0,
          atLeast: size === 'full' ? 1 : 0,
        },
      ],
      measured: { answers: JSON.stringify(seen.answers), ...spanOf(changes) },
      broken: [...seen.complaints.slice(0, 5), ...complaintsOf(changes)],
    };
  },
};

function settingsOf(context: FaultContext, port: number): Settings {
  return context.settings('Postgres', { PORT: String(port) });
}

/** Protects the environment, with a prompt whose first version runs there. */
async function protect(context: FaultContext, url: string): Promise<void> {
  await context.putPrompt(url);
  await context.database.query(
    `INSERT INTO prompt_pointers (project_id, prompt_id, environment, version_id, registry_revision)
     SELECT project_id, prompt_id, '${ENVIRONMENT}', version_id, registry_revision FROM prompt_pointers WHERE environment = 'default'`,
  );
  await context.database.query(
    `UPDATE environments SET protected = true, required_approvals = ${REQUIRED}, revision = revision + 1 WHERE name = '${ENVIRONMENT}'`,
  );
}

async function makeActor(context: FaultContext, url: string, name: string): Promise<Actor> {
  const scopes = ['prompts:read', 'changes:write', ...(name === 'author' ? [] : ['changes:approve'])];
  const { status, body } = await context.admin(url).post<{ key: string }>('/v1/keys', { name, scopes });
  if (status !== 201) throw new Error(`a key could not be made: ${status}`);
  return { key: body.key };
}

async function openChange(
  context: FaultContext,
  urls: readonly string[],
  author: Actor,
  round: number,
): Promise<string> {
  const url = urls[randomInt(urls.length)] as string;
  const put = await context.admin(url).put<{ version: { version_number: number } }>('/v1/prompts/greeting', {
    template_source: `Hello {{name}}, for the time ${round}`,
  });
  const { status, body } = await api(url, author.key).post<{ change_id: string }>('/v1/changes', {
    prompt_name: 'greeting',
    environment: ENVIRONMENT,
    version_number: put.body.version.version_number,
    reason: `round ${round}`,
  });
  if (status !== 201) throw new Error(`a change could not be opened: ${status} ${JSON.stringify(body)}`);
  return body.change_id;
}

/** Half of them apply before they approve, which is too early for the first ones. */
async function approveAndApply(
  context: FaultContext,
  urls: readonly string[],
  actor: Actor,
  changeId: string,
  index: number,
  seen: Seen,
): Promise<void> {
  const ask = (verb: 'approve' | 'apply') => askUntilAnswered(context, urls, actor, changeId, verb, seen);
  if (index % 2 === 0) await ask('apply');
  await ask('approve');
  const { status, body } = await ask('apply');
  // Once all other approvals are answered there are enough. Before that it may be too early.
  const isFine = (status === 200 && body['status'] === 'applied') || body['code'] === 'APPROVALS_MISSING';
  if (!isFine) seen.complaints.push(`An apply was answered with ${status} ${JSON.stringify(body)}.`);
}

/** Repeats a broken request at either API, because its outcome is unknown. */
async function askUntilAnswered(
  context: FaultContext,
  urls: readonly string[],
  actor: Actor,
  changeId: string,
  verb: 'approve' | 'apply',
  seen: Seen,
): Promise<{ status: number; body: ApiBody }> {
  for (;;) {
    const client: ApiClient = api(urls[randomInt(urls.length)] as string, actor.key);
    try {
      const { status, body } = await client.post(`/v1/changes/${changeId}:${verb}`, {});
      if (status !== 503) {
        count(seen, `${verb} ${status}${status === 200 ? '' : ` ${String(body['code'])}`}`);
        return { status, body };
      }
    } catch (error) {
      if (context.isOver) throw error;
      seen.brokenOff += 1;
    }
    await sleep(50);
  }
}

function count({ answers }: Seen, what: string): void {
  answers[what] = (answers[what] ?? 0) + 1;
}

function readChanges({ database }: FaultContext): Promise<ChangeRow[]> {
  return database.query<ChangeRow & Record<string, unknown>>(
    `SELECT c.change_id AS "changeId", c.status,
       (SELECT count(*)::int FROM pointer_moves m WHERE m.project_id = c.project_id AND m.change_id = c.change_id) AS moves,
       (SELECT count(*)::int FROM change_reviews r WHERE r.project_id = c.project_id AND r.change_id = c.change_id AND r.verdict = 'approved') AS approvals,
       EXISTS (SELECT FROM pointer_moves m WHERE m.project_id = c.project_id AND m.change_id = c.change_id
         AND m.from_version_id = c.from_version_id AND m.to_version_id = c.to_version_id) AS "isPointedAt"
     FROM changes c ORDER BY c.change_id`,
  );
}

function complaintsOf(changes: readonly ChangeRow[]): string[] {
  return changes.flatMap(({ changeId, status, moves, approvals, isPointedAt }) => [
    ...(status === 'applied' ? [] : [`${changeId} is ${status}.`]),
    ...(moves === 1 ? [] : [`${changeId} moved the pointer ${moves} times.`]),
    ...(isPointedAt ? [] : [`${changeId} moved the pointer from or to another version.`]),
    ...(approvals >= REQUIRED ? [] : [`${changeId} was applied with ${approvals} approvals of ${REQUIRED}.`]),
  ]);
}

function spanOf(changes: readonly ChangeRow[]): Record<string, number> {
  const approvals = changes.map((change) => change.approvals);
  return { 'fewest approvals': Math.min(...approvals), 'most approvals': Math.max(...approvals) };
}
