import type { AuditEntry } from '../../../sdk/src/index.js';
import { writeJson } from '../../kernel/index.js';
import { parseTime } from '../executions/parse-time.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { print, printJson, printTable } from '../terminal/output.js';

export interface AuditFlags extends LedgerFlags {
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
  /** All matching entries, as JSON lines. */
  readonly export?: boolean;
}

/** Lists who changed what, newest first. */
export async function auditCommand(flags: AuditFlags): Promise<void> {
  const { actor, action, subject, since, until, limit } = flags;
  const query = {
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(subject === undefined ? {} : { subject }),
    ...(since === undefined ? {} : { from: parseTime(since) }),
    ...(until === undefined ? {} : { to: parseTime(until) }),
  };
  const { audit } = await connect(flags);
  if (flags.export === true) {
    for await (const entry of audit.list({ ...query, limit: 200 })) await print(writeJson(entry));
    return;
  }
  const { entries } = await audit.list({ ...query, limit });
  if (flags.json === true) return printJson(entries);
  await printTable(
    ['at', 'actor', 'action', 'subject', 'reason'],
    entries.map((entry) => [entry.at, entry.actor.name, entry.action, toSubject(entry), entry.reason]),
  );
}

function toSubject({ subject: { type, id, name } }: AuditEntry): string {
  const which = name ?? id;
  return which === null ? type : `${type}/${which}`;
}
