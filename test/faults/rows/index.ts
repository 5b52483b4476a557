import type { FaultRow } from '../core/row.js';
import { killWorkerRow } from './01-kill-worker.js';
import { stopWorkerRow } from './02-stop-worker.js';
import { killApiRow } from './03-kill-api.js';
import { flushRedisRow } from './04-flush-redis.js';
import { redisDownRow } from './05-redis-down.js';
import { stopPostgresRow } from './06-stop-postgres.js';
import { cutAtCommitRow } from './07-cut-at-commit.js';
import { providerMisbehavesRow } from './08-provider-misbehaves.js';
import { killWorkerNoRetryRow } from './09-kill-worker-no-retry.js';
import { rollingRestartRow } from './10-rolling-restart.js';
import { clockOffRow } from './11-clock-off.js';
import { sameKeyRow } from './12-same-key.js';
import { stateMachineRow } from './13-state-machine.js';
import { hostileInputRow } from './14-hostile-input.js';
import { overloadRow } from './15-overload.js';
import { secretsRow } from './16-secrets.js';
import { ssrfRow } from './17-ssrf.js';
import { manyWritersRow } from './18-many-writers.js';
import { budgetsRow } from './19-budgets.js';
import { streamsRow } from './20-streams.js';
import { changesRow } from './21-changes.js';
import { tenantsRow } from './22-tenants.js';
import { experimentsRow } from './23-experiments.js';

/** In the order of docs/reliability.md. */
export const ROWS: readonly FaultRow[] = [
  killWorkerRow,
  stopWorkerRow,
  killApiRow,
  flushRedisRow,
  redisDownRow,
  stopPostgresRow,
  cutAtCommitRow,
  providerMisbehavesRow,
  killWorkerNoRetryRow,
  rollingRestartRow,
  clockOffRow,
  sameKeyRow,
  stateMachineRow,
  hostileInputRow,
  overloadRow,
  secretsRow,
  ssrfRow,
  manyWritersRow,
  budgetsRow,
  streamsRow,
  changesRow,
  tenantsRow,
  experimentsRow,
];
