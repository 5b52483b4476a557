import type { FunctionCall, JournalConnections } from '../../../infra/database/index.js';

/** A position in the order in which the queue of a project is processed. */
export interface QueuePlace {
  /** The text that Postgres writes, because a `Date` would lose the microseconds. */
  readonly dueAt: string;
  readonly dueMs: number;
  readonly executionId: string;
}

/** A slice of one project's queue. */
export interface QueueSlice {
  /** Starts at this due time, or after this place. */
  readonly after: QueuePlace | { readonly dueAt: string };
  /** Ends with this place; null for the end of the queue. */
  readonly upto: QueuePlace | null;
  /** The upper limit of the count. */
  readonly most: number;
}

export interface SliceCount {
  readonly queued: number;
  /** A due time before which nothing waits or ever will, so that the next look at the slice may start there. */
  readonly floorDueAt: string;
  /** The place at which the count stopped because it had counted `most`; null when it reached the end of the slice. */
  readonly last: QueuePlace | null;
}

/** A row of `ledger_count_queued`. */
interface SliceRow {
  readonly queued: number;
  readonly floor_due: string;
  readonly oldest_age_ms: number | null;
  readonly last_project: string | null;
  readonly last_due: string | null;
  readonly last_due_ms: number | null;
  readonly last_id: string | null;
}

interface FullPlace {
  readonly projectId: string;
  readonly dueAt: string;
  readonly executionId: string;
}

export const ANY_TIME = '-infinity';
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
const HIGHEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const END: FullPlace = { projectId: HIGHEST_ID, dueAt: 'infinity', executionId: HIGHEST_ID };

const call = (after: FullPlace, upto: FullPlace, most: number): FunctionCall => ({
  name: 'count_queued',
  text: 'SELECT * FROM ledger_count_queued($1, $2, $3, $4, $5, $6, $7)',
  values: [after, upto]
    .flatMap((place) => [place.projectId, place.dueAt, place.executionId])
    .concat(`${most}`),
});

export const COUNT_REHEARSALS: readonly FunctionCall[] = [call(END, END, 1)];

/** Counts a slice of the queue of one project. */
export async function countQueued(
  connections: JournalConnections,
  projectId: string,
  { after, upto, most }: QueueSlice,
): Promise<SliceCount> {
  const row = await countSlice(
    connections,
    { projectId, executionId: LOWEST_ID, ...after },
    { projectId, ...(upto ?? { dueAt: END.dueAt, executionId: END.executionId }) },
    most,
  );
  return { queued: row.queued, floorDueAt: row.floor_due, last: toLast(row) };
}

/** The totals of the whole queue, across all projects. */
export interface QueueFigures {
  readonly queued: number;
  /** How long the oldest execution has been due; 0 when none is. */
  readonly oldestMs: number;
}

/** Counts all waiting executions slice by slice, so that no single statement takes long. */
export async function countAllQueued(
  connections: JournalConnections,
  sliceSize: number,
): Promise<QueueFigures> {
  let place: FullPlace | null = { projectId: LOWEST_ID, dueAt: ANY_TIME, executionId: LOWEST_ID };
  let queued = 0;
  let oldestMs = 0;
  while (place !== null) {
    const row: SliceRow = await countSlice(connections, place, END, sliceSize);
    queued += row.queued;
    oldestMs = Math.max(oldestMs, row.oldest_age_ms ?? 0);
    const last = toLast(row);
    place = last === null ? null : { projectId: row.last_project ?? HIGHEST_ID, ...last };
  }
  return { queued, oldestMs };
}

async function countSlice(
  connections: JournalConnections,
  after: FullPlace,
  upto: FullPlace,
  most: number,
): Promise<SliceRow> {
  const [row] = await connections.call<SliceRow & Record<string, unknown>>(call(after, upto, most));
  if (row === undefined) throw new Error('ledger_count_queued answered no row');
  return row;
}

function toLast({ last_due: dueAt, last_due_ms: dueMs, last_id: executionId }: SliceRow): QueuePlace | null {
  return dueAt === null || dueMs === null || executionId === null ? null : { dueAt, dueMs, executionId };
}
