import {
  type CallEntry,
  type FunctionCall,
  Journal,
  type JournalConnections,
  type JournalOptions,
} from '../../../infra/database/index.js';
import { type AncestorRow, type KeyAncestor, toAncestors } from '../../auth/index.js';
import { ANSWER_TIMEOUT_MS, projectsLiteral } from './call-options.js';

/** The key that requested an execution, with its own token limit. */
export interface Dispatched {
  readonly keyId: string | null;
  readonly tokensPerMinute: number | null;
  readonly ancestors: readonly KeyAncestor[];
}

interface CalledRow {
  readonly execution_id: string;
  readonly fence: number;
  readonly key_id: string | null;
  readonly tokens_per_minute: number | null;
  readonly ancestors: readonly AncestorRow[] | null;
}

const call = (entries: readonly CallEntry[]): FunctionCall => ({
  name: 'call',
  text: 'SELECT * FROM ledger_call($1::json, $2::uuid[])',
  values: [JSON.stringify(entries), projectsLiteral(entries)],
  timeoutMs: ANSWER_TIMEOUT_MS,
});

export const CALL_REHEARSALS: readonly FunctionCall[] = [call([])];

/** Journals attempts that are about to be made, and commits them before their sockets are opened. Null for an execution that was lost. */
export function callsJournal(
  connections: JournalConnections,
  options: Pick<JournalOptions<never, never>, 'maxRows' | 'workers' | 'patienceMs' | 'observer'>,
): Journal<CallEntry, Dispatched | null> {
  return new Journal<CallEntry, Dispatched | null>({
    ...options,
    toKey: ({ execution_id: id }) => id,
    write: async (entries) => {
      const rows = await connections.call<CalledRow & Record<string, unknown>>(call(entries));
      const called = new Map(
        rows.map((row) => [
          toKey(row),
          {
            keyId: row.key_id,
            tokensPerMinute: row.tokens_per_minute,
            ancestors: toAncestors(row.ancestors),
          } satisfies Dispatched,
        ]),
      );
      return entries.map((entry) => called.get(toKey(entry)) ?? null);
    },
  });
}

function toKey({
  execution_id: id,
  fence,
}: {
  readonly execution_id: string;
  readonly fence: number;
}): string {
  return `${id} ${fence}`;
}
