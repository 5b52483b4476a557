/**
 * Names a transaction by the ledger's function that it called, such as `begin_plain`, `call` or `end`, and one
 * without such a call by the table that it changed.
 */
export function nameCommit(statements: readonly string[]): string {
  const text = statements.join(' ');
  const called = /\bledger_(\w+)\(/.exec(text)?.[1];
  return called ?? /\b(?:INSERT INTO|(?<!FOR )UPDATE|DELETE FROM) (\w+)/i.exec(text)?.[1] ?? 'other';
}

/** Whether executions begin in the commit. */
export function isBeginning(name: string): boolean {
  return name === 'begin' || name === 'begin_plain';
}

/** Whether executions end in the commit. */
export function isEnding(name: string): boolean {
  return name === 'end' || name === 'end_plain';
}
