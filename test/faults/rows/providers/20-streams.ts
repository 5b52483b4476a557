import { readFileSync } from 'node:fs';
import { EventStreamClient, type StreamEvent } from '../../../support/event-stream-client.js';
import { ADMIN_KEY, type FaultContext } from '../../core/fault-context.js';
import type { FaultRow } from '../../core/row.js';

/** `stuck`: additional streams that never read, while their provider never stops sending. */
const SIZES = {
  full: { streams: 1_000, leaving: 200, stuck: 20, pieces: 40, pieceDelayMs: 1_000, stuckMs: 60_000 },
  short: { streams: 40, leaving: 8, stuck: 2, pieces: 40, pieceDelayMs: 150, stuckMs: 5_000 },
};
const PIECE = 'x'.repeat(1_000);
const FLOOD_BYTES = 256 * 1024 * 1024;
const AT_ONCE = 100;
const SETTLE_LIMIT_MS = 60_000;
const HANG_UP_LIMIT_MS = 30_000;
const SAMPLE_MS = 250;
const MIB = 1024 * 1024;
/**
 * The permitted growth of a process: half a MiB for each stream, for two sockets with their parsers and some pieces; what the
 * sockets of stuck readers hold; and uncollected garbage. If the service did not wait for readers, each
 * stuck one would take all that a provider sends.
 */
const MOST_GROWTH_BYTES = { full: 512 * MIB, short: 128 * MIB };

interface OpenStream {
  readonly client: EventStreamClient;
  readonly id: string;
  text: string;
  end: StreamEvent | null;
}

/** Everybody starts to read before anybody leaves, so all streams are open at the same time, also at the provider. */
export const streamsRow: FaultRow = {
  number: 20,
  fault: '1,000 streams at once, 200 readers leaving in the middle, 20 more that do not read',
  mustHold: 'memory bounded, 0 provider connections left, each recorded as it ended',
  async run(context, size) {
    const { streams: count, leaving, stuck, pieces, pieceDelayMs, stuckMs } = SIZES[size];
    const { provider } = context;
    const settings = context.settings('Postgres', { MAX_CONCURRENT_STREAMS: '2000', LEASE_MS: '60000' });
    const { url, pid } = await context.startApi(settings);
    await context.putPrompt(url);
    provider.behave(({ modelName }) =>
      modelName === 'gpt-4o'
        ? { kind: 'flood', of: 'deltas', sizeBytes: FLOOD_BYTES }
        : {
            kind: 'answer',
            pieces: Array.from({ length: pieces }, (_, nth) => `${nth} ${PIECE} `),
            pieceDelayMs,
          },
    );
    // The first streams load things that stay in memory for all others, which does not count as growth.
    await readAll(await open(url, 'gpt-4o-mini'));
    const memory = watchMemory(pid);

    const unread = await openAll(stuck, () => open(url, 'gpt-4o', stuckMs));
    const opened = await openAll(count, () => open(url, 'gpt-4o-mini'));
    const openCalls = provider.server.requests.filter(({ outcome }) => outcome === 'open').length;
    const [leavers, readers] = [opened.slice(0, leaving), opened.slice(leaving)];
    await Promise.all([...readers.map(readAll), ...leavers.map(leaveInTheMiddle)]);
    const settledMs = await context.untilSettled(SETTLE_LIMIT_MS);
    for (const { client } of unread) client.leave();
    const left = await connectionsLeft(context);
    const { startBytes, mostBytes } = memory.stop();

    const verdict = await context.check();
    const wrong = await findWrong(context, { leavers, readers, unread });
    const growth = mostBytes - startBytes;
    return {
      landed: [
        { what: 'streams open at the provider at once', count: openCalls, atLeast: count },
        { what: 'readers that left in the middle', count: leavers.length, atLeast: leaving },
        { what: 'readers that read nothing more', count: unread.length, atLeast: stuck },
      ],
      measured: {
        executions: verdict.executions,
        succeeded: verdict.succeeded,
        canceled: verdict.executions - verdict.succeeded - verdict.failed,
        'timed out with nobody reading': verdict.failed,
        'resident memory at the beginning, MiB': Math.round(startBytes / MIB),
        'resident memory at the most, MiB': Math.round(mostBytes / MIB),
        'provider connections left': left.connections,
        'provider calls left open': left.calls,
        'executions recorded otherwise': wrong.length,
      },
      broken: [
        ...verdict.broken,
        ...(settledMs === null ? ['Not all was recorded within a minute.'] : []),
        ...(growth <= MOST_GROWTH_BYTES[size] ? [] : [`Memory grew by ${Math.round(growth / MIB)} MiB.`]),
        ...(left.connections === 0 ? [] : [`${left.connections} connections to the provider were left.`]),
        ...(left.calls === 0 ? [] : [`${left.calls} calls were left open at the provider.`]),
        ...wrong.slice(0, 5),
      ],
    };
  },
};

async function open(url: string, modelName: string, timeoutMs = 240_000): Promise<OpenStream> {
  const body = {
    prompt_name: 'greeting',
    variables: { name: 'Ada' },
    model: { provider: 'openai', model_name: modelName },
    timeout_ms: timeoutMs,
  };
  const client = await EventStreamClient.open(url, body, { apiKey: ADMIN_KEY });
  if (client.response.status !== 200) {
    throw new Error(`a stream was answered with ${client.response.status} ${await client.response.text()}`);
  }
  const begun = await client.until('execution');
  const first = await client.until('delta');
  return { client, id: String(begun.data['execution_id']), text: String(first.data['text']), end: null };
}

async function openAll(count: number, openOne: () => Promise<OpenStream>): Promise<OpenStream[]> {
  const opened: OpenStream[] = [];
  while (opened.length < count) {
    const now = Math.min(AT_ONCE, count - opened.length);
    opened.push(...(await Promise.all(Array.from({ length: now }, openOne))));
  }
  return opened;
}

async function readAll(stream: OpenStream): Promise<void> {
  for (let event = await stream.client.next(); event !== null; event = await stream.client.next()) {
    if (event.event === 'delta') stream.text += String(event.data['text']);
    else stream.end = event;
  }
}

async function leaveInTheMiddle(stream: OpenStream): Promise<void> {
  const { data } = await stream.client.until('delta');
  stream.text += String(data['text']);
  stream.client.leave();
}

/** The service keeps idle connections for some seconds. Connections that remain after that are leaked. */
async function connectionsLeft(context: FaultContext): Promise<{ connections: number; calls: number }> {
  const { provider } = context;
  const beganAtMs = performance.now();
  const look = () => ({
    connections: provider.proxy.open,
    calls: provider.server.requests.filter(({ outcome }) => outcome === 'open').length,
  });
  const isDone = () => {
    const { connections, calls } = look();
    return connections + calls === 0 || performance.now() - beganAtMs > HANG_UP_LIMIT_MS;
  };
  await context.until(isDone, 'the connections to the provider to end', 100);
  return look();
}

interface RecordedRow {
  readonly id: string;
  readonly status: string;
  readonly error_type: string | null;
  readonly text: string | null;
  readonly attempts: string;
  readonly first_token_ms: number | null;
}

async function findWrong(
  { database }: FaultContext,
  { leavers, readers, unread }: Record<'leavers' | 'readers' | 'unread', readonly OpenStream[]>,
): Promise<string[]> {
  const rows = await database.query<RecordedRow>(
    `SELECT e.execution_id AS id, e.status, e.error_type, o.response_text AS text, e.first_token_ms,
       (SELECT string_agg(a.status, ',') FROM execution_attempts_all a WHERE a.execution_id = e.execution_id) AS attempts
     FROM executions_all e LEFT JOIN execution_outputs o ON o.execution_id = e.execution_id AND NOT o.late`,
  );
  const known = new Map(rows.map((row) => [row.id, row]));
  const complain = (
    streams: readonly OpenStream[],
    wanted: string,
    isRight: (row: RecordedRow, stream: OpenStream) => boolean,
  ) =>
    streams.flatMap((stream) => {
      const row = known.get(stream.id);
      if (row !== undefined && row.first_token_ms !== null && isRight(row, stream)) return [];
      return [`${stream.id} should have ${wanted}: ${JSON.stringify({ ...row, text: row?.text?.length })}.`];
    });
  return [
    ...complain(
      readers,
      'succeeded with what was read',
      ({ status, text, attempts }, stream) =>
        status === 'succeeded' &&
        attempts === 'succeeded' &&
        text === stream.text &&
        stream.end?.event === 'done',
    ),
    ...complain(
      leavers,
      'been canceled with what had come',
      ({ status, error_type: type, text, attempts }, stream) =>
        status === 'canceled' &&
        type === 'client_closed' &&
        attempts === 'failed' &&
        text?.startsWith(stream.text) === true,
    ),
    ...complain(
      unread,
      'timed out with a part of its text',
      ({ status, error_type: type, text }) => status === 'failed' && type === 'timeout' && text !== null,
    ),
  ];
}

function watchMemory(pid: number): { stop(): { startBytes: number; mostBytes: number } } {
  const look = () =>
    Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  const startBytes = look();
  let mostBytes = startBytes;
  const timer = setInterval(() => (mostBytes = Math.max(mostBytes, look())), SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return { startBytes, mostBytes: Math.max(mostBytes, look()) };
    },
  };
}
