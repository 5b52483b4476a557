import { NEW_MEASURES, WITH_COSTS, WITHOUT_COSTS, type Counting } from './columns.js';

const TABLES = ['execution_deltas', 'execution_rollups'] as const;

/**
 * Keeps out who folds, then who writes executions, then who reads counts, in the order in which each of them locks: what
 * was final before is counted anew, what becomes final after the commit by the new functions, and nothing twice or never.
 * Nothing has ever been taken out of executions, so counting anew finds all that was counted.
 */
const BEGIN = `
SELECT pg_advisory_xact_lock(hashtext('ledger_fold_executions'));
LOCK TABLE executions IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE execution_rollups, execution_deltas IN ACCESS EXCLUSIVE MODE;
TRUNCATE execution_rollups, execution_deltas;
`;

const typeOf = (measure: string) => (measure === 'cost_sum_pico_usd' ? 'numeric' : 'bigint');

function keyOf({ dimensions }: Counting): string {
  const names = dimensions.map(({ name }) => name).join(', ');
  return `
ALTER TABLE execution_rollups DROP CONSTRAINT IF EXISTS execution_rollups_pkey,
  ADD CONSTRAINT execution_rollups_pkey PRIMARY KEY (project_id, grain, period, ${names});`;
}

const ADDED = [
  'key_id uuid',
  'owner_team text',
  ...NEW_MEASURES.map(({ name }) => `${name} ${typeOf(name)}`),
];

/** A sum of costs is `numeric`: nine million dollars in pico-dollars are more than a bigint holds. */
export const ADD_COLUMNS = [
  BEGIN,
  ...TABLES.map(
    (table) => `ALTER TABLE ${table} ${ADDED.map((column) => `ADD COLUMN ${column} NOT NULL`).join(', ')};`,
  ),
  keyOf(WITH_COSTS),
].join('\n');

/** The key goes with its columns. */
export const DROP_COLUMNS = [
  BEGIN,
  ...TABLES.map(
    (table) =>
      `ALTER TABLE ${table} ${ADDED.map((column) => `DROP COLUMN ${column.split(' ', 1)[0]}`).join(', ')};`,
  ),
  keyOf(WITHOUT_COSTS),
].join('\n');
