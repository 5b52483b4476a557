const CLAIM = 'a claim';

/**
 * The statements with which the service asks the queue, found among all that it executes: the one place that knows their
 * called. In the order in which they are reported.
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
 * @throws {Error} when there is no claim among them: then it is called otherwise than this file knows.
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
