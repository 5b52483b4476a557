/** One line of the form: an environment, and for how many days its contents are kept. */
export interface RetentionRow {
  readonly id: number;
  readonly environment: string;
  readonly days: string;
}

let lastId = 0;

export function newRow(environment = '', days = ''): RetentionRow {
  lastId += 1;
  return { id: lastId, environment, days };
}

export function toRows(days: Readonly<Record<string, number>>): readonly RetentionRow[] {
  return Object.entries(days).map(([environment, value]) => newRow(environment, String(value)));
}

/** Reads the lines, without those that lack an environment. An invalid number is passed on, so that the service reports it. */
export function readDays(rows: readonly RetentionRow[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    rows
      .filter(({ environment }) => environment.trim() !== '')
      .map(({ environment, days }) => [environment.trim(), Number(days)]),
  );
}
