import { open, stat } from 'node:fs/promises';
import pg from 'pg';

/** The default `log_line_prefix`, `%m [%p] `, with one line for each step of a statement. */
const STEP =
  /^\S+ \S+ \S+ \[(\d+)\] LOG: {2}duration: ([\d.]+) ms {2}(statement|parse|bind|execute) ?[^:]*: (.*)$/;
const CONTINUED = /^\t/;

/**
 * @typedef {object} Statement a statement that a session of the database executed.
 * @property {string} text
 * @property {number} durationMs the time of parsing, planning and executing together.
 *
 * @typedef {object} StatementLog
 * @property {() => Promise<void>} mark forgets earlier statements.
 * @property {() => Promise<Statement[]>} read returns the statements logged since the mark.
 */

/**
 * Makes the server log each statement of a database with its duration, so that the measured queries are the service's own, whatever its
 * functions are called. Sessions that are already open are not logged.
 *
 * @param {import('../servers/postgres.mjs').Postgres} postgres
 * @param {import('../servers/postgres.mjs').Database} database
 * @returns {Promise<StatementLog | null>} null where this process cannot read the server's log.
 */
export async function logStatements({ logFile }, database) {
  if (logFile === null) return null;
  const name = pg.escapeIdentifier(new URL(database.url).pathname.slice(1));
  await database.query(`ALTER DATABASE ${name} SET log_min_duration_statement = 0`);
  // Parameter values would make the log ten times as large.
  await database.query(`ALTER DATABASE ${name} SET log_parameter_max_length = 0`);
  let from = 0;
  return {
    mark: async () => {
      from = (await stat(logFile)).size;
    },
    read: async () => parseLog(await readFrom(logFile, from)),
  };
}

async function readFrom(file, offset) {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.max(0, size - offset));
    await handle.read(buffer, 0, buffer.length, offset);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}

/** @param {string} text @returns {Statement[]} */
function parseLog(text) {
  const statements = [];
  /** By session, the time of statements that are parsed and bound, but not executed yet. */
  const pendingMs = new Map();
  let last = null;
  for (const line of text.split('\n')) {
    if (CONTINUED.test(line)) {
      if (last !== null) last.text += `\n${line.trim()}`;
      continue;
    }
    last = null;
    const [, pid, duration, step, statement] = STEP.exec(line) ?? [];
    if (pid === undefined) continue;
    const durationMs = (pendingMs.get(pid) ?? 0) + Number(duration);
    if (step === 'parse' || step === 'bind') {
      pendingMs.set(pid, durationMs);
      continue;
    }
    pendingMs.delete(pid);
    last = { text: statement, durationMs };
    statements.push(last);
  }
  return statements;
}
