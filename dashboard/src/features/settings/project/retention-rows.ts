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

/** Lines without an environment are left out; what is no number goes as it is, so that the service says so. */
export function readDays(rows: readonly RetentionRow[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    rows
      .filter(({ environment }) => environment.trim() !== '')
      .map(({ environment, days }) => [environment.trim(), Number(days)]),
  );
}
