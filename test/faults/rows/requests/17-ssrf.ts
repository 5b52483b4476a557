import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { WebhookReceiver } from '../../../fakes/webhook-receiver.js';
import { setCallbackUrl } from '../../../support/rows/execution-rows.js';
import type { FaultContext } from '../../core/fault-context.js';
import { inParallel } from '../../core/ledger-client.js';
import type { FaultRow } from '../../core/row.js';
import { plainTargets, resolvedAddresses } from './ssrf-targets.js';

/** A short run takes one spelling out of this many. */
const SIZES = { full: { oneIn: 1 }, short: { oneIn: 6 } };
const LEAST_SPELLINGS = 200;
/** An address that the operator allows: names resolve to it before they turn, and the redirecting receiver listens there. */
const ALLOWED = '127.0.0.2';
const REDIRECTS = [301, 302, 303, 307, 308];
const TRIES = 2;
const FAKE_NAMES = path.join(__dirname, '../../preloads/fake-names.cjs');

interface Delivery {
  readonly url: string;
  readonly outcome: string;
  readonly error: string | null;
  readonly status: number | null;
}

/** Counts connections on every address of this machine except that of the other receiver. */
class Listener {
  connections = 0;
  private readonly server: Server;

  constructor() {
    this.server = createServer((_, response) => response.end());
    this.server.on('connection', () => (this.connections += 1));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '::', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const ssrfRow: FaultRow = {
  number: 17,
  fault: 'webhook target: 200 SSRF spellings (decimal, hex, IPv6-mapped, rebinding, redirect)',
  mustHold: '0 connections',
  async run(context, size) {
    const listener = new Listener();
    const [port, receiver] = [await listener.listen(), await WebhookReceiver.start(ALLOWED)];
    try {
      return await attack(context, { listener, receiver, port, oneIn: SIZES[size].oneIn });
    } finally {
      await Promise.all([listener.close(), receiver.stop()]);
    }
  },
};

interface Target {
  readonly listener: Listener;
  readonly receiver: WebhookReceiver;
  readonly port: number;
  readonly oneIn: number;
}

async function attack(context: FaultContext, { listener, receiver, port, oneIn }: Target) {
  const some = (urls: readonly string[]) => urls.filter((_, index) => index % oneIn === 0);
  const [plain, names] = [some(plainTargets(port)), namesOf(some(resolvedAddresses()))];
  const settings = context.settings('Postgres', {
    // Submitted executions wait until they are canceled, which ends them and sends their callbacks.
    NODE_OPTIONS: `--require=${FAKE_NAMES}`,
    FAULTS_NAMES: JSON.stringify(names),
    WEBHOOK_ALLOWED_HOSTS: `${ALLOWED}/32`,
    WEBHOOK_RETRY_WAITS_MS: Array.from({ length: TRIES - 1 }, () => '10').join(),
    WEBHOOK_CONCURRENCY: '64',
  });
  const api = await context.startApi(settings);
  await context.putPrompt(api.url);
  const accepted = await submitAll(context, api.url, plain);
  // A receiver that fails once is asked again, and by then the name has turned.
  receiver.behave({ kind: 'answer', status: 500 });
  const rebinding = Object.keys(names).filter((name) => name.startsWith('rebinding'));
  await deliver(
    context,
    api.url,
    rebinding.map((name) => receiver.url('/').replace(ALLOWED, name)),
  );
  const rebound = receiver.connections;
  const redirects = REDIRECTS.map((status) => ({
    kind: 'answer' as const,
    status,
    headers: { location: `http://127.0.0.1:${port}/` },
  }));
  receiver.behave(...redirects, ...redirects);
  const resolved = Object.keys(names).filter((name) => name.startsWith('private'));
  const named = resolved.flatMap((name) => [`http://${name}:${port}/`, `https://${name}:${port}/`]);
  const redirecting = REDIRECTS.map((status) => receiver.url(`/redirect-${status}`));
  // The last ones act as after a change of the configuration: plain targets would be refused now.
  await Promise.all([
    deliver(context, api.url, [...redirecting, ...named]),
    deliver(context, api.url, plain, true),
  ]);
  const deliveries = await findDeliveries(context);
  const reached = deliveries.filter(({ outcome }) => outcome === 'succeeded');
  const verdict = await context.check();
  return {
    landed: [
      {
        what: 'spellings, by request or by name',
        count: plain.length + Object.keys(names).length + REDIRECTS.length,
        atLeast: Math.floor(LEAST_SPELLINGS / oneIn),
      },
      { what: 'callbacks tried', count: deliveries.length, atLeast: named.length + plain.length },
      {
        what: 'names that turned after the first answer',
        count: Math.min(rebound, rebinding.length),
        atLeast: rebinding.length,
      },
      {
        what: 'listeners that count who connects',
        count: (await isHeard(listener, port)) ? 1 : 0,
        atLeast: 1,
      },
      {
        what: 'redirects that were sent',
        count: deliveries.filter(({ status }) => REDIRECTS.includes(status ?? 0)).length,
        atLeast: REDIRECTS.length,
      },
    ],
    measured: {
      'refused by the request': plain.length - accepted.length,
      'refused at the connection': deliveries.filter(({ error }) => error?.includes('public') === true)
        .length,
      'connections to what is not public': listener.connections,
    },
    broken: [
      ...verdict.broken,
      ...accepted.map((url) => `${url.slice(0, 100)} was taken as a callback_url.`),
      ...reached.map(({ url }) => `${url} was delivered to.`),
      ...(listener.connections === 0 ? [] : [`${listener.connections} connections were made.`]),
    ],
  };
}

/** Returns the addresses of each name, one list for each lookup. */
function namesOf(addresses: readonly string[]): Record<string, string[][]> {
  const names: Record<string, string[][]> = {};
  for (const [index, address] of addresses.entries()) names[`private-${index}.test`] = [[address]];
  names['private-both.test'] = [['127.0.0.1', '::1']];
  names['private-mapped.test'] = [['::ffff:127.0.0.1', '::ffff:7f00:1']];
  for (const turned of ['127.0.0.1', '::1', '0.0.0.0']) {
    names[`rebinding-${turned.replace(/[.:]/g, '-')}.test`] = [[ALLOWED], [turned]];
  }
  return names;
}

/** @returns the targets that were not refused with 400. */
async function submitAll(context: FaultContext, url: string, targets: readonly string[]): Promise<string[]> {
  const accepted: string[] = [];
  await inParallel(targets.length, 16, async (index) => {
    const target = targets[index] as string;
    const body = { prompt_name: 'greeting', variables: { name: 'x' }, callback_url: target };
    const { status } = await context.admin(url).post('/v1/executions:submit', body);
    if (status !== 400) accepted.push(target);
  });
  return accepted;
}

/**
 * Ends executions whose callbacks go there, and waits until the service has delivered them or given them up.
 * `past` bypasses the check of the request when it writes the URL.
 */
async function deliver(
  context: FaultContext,
  url: string,
  targets: readonly string[],
  past = false,
): Promise<void> {
  const client = context.client(url);
  const { database } = context;
  await inParallel(targets.length, 16, async (index) => {
    const target = targets[index] as string;
    const label = `${context.history.requests.length}`;
    const { executionId } = await client.submit({ label, more: past ? {} : { callback_url: target } });
    if (past) await setCallbackUrl(database, target, executionId ?? '');
    await context.admin(url).post(`/v1/executions/${executionId ?? ''}:cancel`);
  });
  const isOver = async () => (await database.query('SELECT FROM outbox WHERE done_at IS NULL')).length === 0;
  await context.until(isOver, 'all callbacks to be delivered or given up', 50);
}

function findDeliveries({ database }: FaultContext): Promise<Delivery[]> {
  return database.query<Delivery>(
    `SELECT o.body->>'url' AS url, d.outcome, d.error, d.response_status AS status
     FROM webhook_deliveries d JOIN outbox o USING (project_id, event_id)`,
  );
}

/** A listener that nobody can reach would prove nothing. */
async function isHeard(listener: Listener, port: number): Promise<boolean> {
  const before = listener.connections;
  await fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.arrayBuffer());
  const isCounted = listener.connections > before;
  listener.connections = before;
  return isCounted;
}
