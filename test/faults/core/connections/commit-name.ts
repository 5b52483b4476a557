/**
 * Names a transaction by the function of the ledger that it called, such as `begin_plain`, `call` or `end`. A change
 * without one is named by its table.
 */
export function nameCommit(statements: readonly string[]): string {
  const text = statements.join(' ');
  const called = /\bledger_(\w+)\(/.exec(text)?.[1];
  return called ?? /\b(?:INSERT INTO|(?<!FOR )UPDATE|DELETE FROM) (\w+)/i.exec(text)?.[1] ?? 'other';
}

/** Whether executions begin in it. */
export function isBeginning(name: string): boolean {
  return name === 'begin' || name === 'begin_plain';
}

/** Whether executions end in it. */
export function isEnding(name: string): boolean {
  return name === 'end' || name === 'end_plain';
}
