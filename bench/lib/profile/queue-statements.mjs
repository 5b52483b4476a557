const CLAIM = 'a claim';

/**
 * The statements that the service runs on the queue, found among all that it executes. Only this file knows their
 * names. They are in the order of the report.
 */
export const QUEUE_STATEMENTS = [
  { figure: CLAIM, pattern: /\b\w*claim(?!_webhook)\w*\s*\(/ },
  { figure: 'the floor of what is unfinished', pattern: /\bledger_unfinished_floor\b/ },
  { figure: 'a sweep with nothing due', pattern: /\bledger_\w*(?:sweep|lapsed)\w*\s*\(/ },
  { figure: 'the depth of the queue', pattern: /\bledger_\w*(?:depth|queued)\w*\s*\(/ },
];

/**
 * @param {import('./statement-log.mjs').Statement[]} statements
 * @returns {{ figure: string, durationsMs: number[] }[]}
 * @throws {Error} when no statement is a claim, because its name is then unknown to this file.
 */
export function findQueueStatements(statements) {
  const found = QUEUE_STATEMENTS.map(({ figure, pattern }) => ({
    figure,
    durationsMs: statements.filter(({ text }) => pattern.test(text)).map(({ durationMs }) => durationMs),
  })).filter(({ durationsMs }) => durationsMs.length > 0);
  if (found.every(({ figure }) => figure !== CLAIM)) {
    throw new Error('No claim was found among the statements: see bench/lib/profile/queue-statements.mjs.');
  }
  return found;
}
