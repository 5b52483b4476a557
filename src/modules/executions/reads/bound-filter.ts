import type { ExecutionStatus, RolloutArm } from '../../../entities/index.js';
import type { ExecutionMetadata } from '../wire/execution-metadata.js';
import { conditionsWithoutIndex, type UnindexedFilter } from './list-conditions.js';

export interface ExecutionFilter extends UnindexedFilter {
  /** Whether the executions are final. */
  readonly isFinal?: boolean | undefined;
  readonly status?: ExecutionStatus | undefined;
  readonly environment?: string | undefined;
  readonly correlationId?: string | undefined;
  /** Pairs that an execution must all have; not empty. */
  readonly metadata?: ExecutionMetadata | undefined;
  readonly batchId?: string | undefined;
  /** The rollout that chose the version. */
  readonly rolloutId?: string | undefined;
  /** The arm of the rollout; only with `rolloutId`. */
  readonly arm?: RolloutArm | undefined;
  /** Whether the answer matches its schema, among those that were checked. */
  readonly outputValid?: boolean | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  /** Restricts the list to executions older than this one. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

/** The filter as conditions on an execution `e`, with parameters in place of values. */
export interface BoundFilter {
  readonly promptIds: string | null;
  readonly environment: string | null;
  readonly status: ExecutionStatus | null;
  readonly correlationId: string | null;
  /** The metadata pairs, as `jsonb`. */
  readonly metadata: string | null;
  readonly batchId: string | null;
  /** A null arm means both arms. */
  readonly rollout: { readonly id: string; readonly arm: string | null } | null;
  readonly outputValid: string | null;
  /** Whether the filter looks for answers that break their schema, which are few. */
  readonly isBroken: boolean;
  /** Conditions on the time. */
  readonly times: readonly string[];
  /** Conditions on the id of a row. They narrow a range of an index that ends in the id. */
  readonly idRange: (row: string) => readonly string[];
  readonly limit: string;
}

type Bind = (value: unknown) => string;

export function bindFilter(filter: ExecutionFilter, bind: Bind): BoundFilter {
  const { times, idRange } = bindRange(filter, bind);
  const optional = (value: unknown, type: string) => (value === undefined ? null : `${bind(value)}::${type}`);
  return {
    promptIds: optional(filter.promptIds, 'uuid[]'),
    environment: optional(filter.environment, 'text'),
    status: filter.status ?? null,
    correlationId: optional(filter.correlationId, 'text'),
    metadata: optional(filter.metadata && JSON.stringify(filter.metadata), 'jsonb'),
    batchId: optional(filter.batchId, 'uuid'),
    rollout:
      filter.rolloutId === undefined
        ? null
        : { id: `${bind(filter.rolloutId)}::uuid`, arm: optional(filter.arm, 'text') },
    outputValid: optional(filter.outputValid, 'boolean'),
    isBroken: filter.outputValid === false,
    times: [...times, ...conditionsWithoutIndex(filter, bind)],
    idRange,
    limit: bind(filter.limit),
  };
}

/** Names the arm's columns in each table. In-flight executions are few, so their table has the document but no indexed columns. */
const ARM_COLUMNS = {
  in_flight: { id: `(e.rollout ->> 'rollout_id')::uuid`, arm: `e.rollout ->> 'arm'` },
  over: { id: 'e.rollout_id', arm: 'e.rollout_arm' },
};

/** Returns all conditions, except the project, on a row `e` of the executions in flight or over. */
export function everyCondition(filter: BoundFilter, table: keyof typeof ARM_COLUMNS): string[] {
  const { promptIds, environment, status, correlationId, metadata, batchId, rollout, outputValid } = filter;
  const { times, idRange } = filter;
  const columns = ARM_COLUMNS[table];
  return [
    ...(outputValid === null ? [] : [`e.output_valid = ${outputValid}`]),
    ...(correlationId === null ? [] : [`e.correlation_id = ${correlationId}`]),
    ...(batchId === null ? [] : [`e.batch_id = ${batchId}`]),
    ...(rollout === null ? [] : [`${columns.id} = ${rollout.id}`]),
    ...(rollout?.arm == null ? [] : [`${columns.arm} = ${rollout.arm}`]),
    ...(promptIds === null ? [] : [`e.prompt_id = ANY (${promptIds})`]),
    ...(environment === null ? [] : [`e.environment = ${environment}`]),
    // Not a parameter, because the index of running or waiting executions is partial.
    ...(status === null ? [] : [`e.status = '${status}'`]),
    ...(metadata === null ? [] : [`e.metadata::jsonb @> ${metadata}`]),
    ...times,
    ...idRange('e'),
  ];
}

/**
 * Compares times exactly, while the id limits the partitions that are read. An id is made after the start of its transaction,
 * which is `created_at`, but within a minute of it.
 */
function bindRange(filter: ExecutionFilter, bind: Bind): Pick<BoundFilter, 'times' | 'idRange'> {
  const times: string[] = [];
  const ids: string[] = [];
  if (filter.createdAfter !== undefined) {
    const after = bind(filter.createdAfter);
    times.push(`e.created_at > ${after}`);
    ids.push(`>= ledger_uuid7_floor(${after}::timestamptz)`);
  }
  if (filter.createdBefore !== undefined) {
    const before = bind(filter.createdBefore);
    times.push(`e.created_at < ${before}`);
    ids.push(`< ledger_uuid7_floor(${before}::timestamptz + interval '1 minute')`);
  }
  if (filter.beforeId !== undefined) ids.push(`< ${bind(filter.beforeId)}::uuid`);
  return { times, idRange: (row) => ids.map((bound) => `${row}.execution_id ${bound}`) };
}
