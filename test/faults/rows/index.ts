import type { FaultRow } from '../core/row.js';
import { killWorkerRow } from './processes/01-kill-worker.js';
import { stopWorkerRow } from './processes/02-stop-worker.js';
import { killApiRow } from './processes/03-kill-api.js';
import { flushRedisRow } from './stores/04-flush-redis.js';
import { redisDownRow } from './stores/05-redis-down.js';
import { stopPostgresRow } from './stores/06-stop-postgres.js';
import { cutAtCommitRow } from './stores/07-cut-at-commit.js';
import { providerMisbehavesRow } from './providers/08-provider-misbehaves.js';
import { killWorkerNoRetryRow } from './processes/09-kill-worker-no-retry.js';
import { rollingRestartRow } from './processes/10-rolling-restart.js';
import { clockOffRow } from './stores/11-clock-off.js';
import { sameKeyRow } from './record/12-same-key.js';
import { stateMachineRow } from './record/13-state-machine.js';
import { hostileInputRow } from './requests/14-hostile-input.js';
import { overloadRow } from './requests/15-overload.js';
import { secretsRow } from './requests/16-secrets.js';
import { ssrfRow } from './requests/17-ssrf.js';
import { manyWritersRow } from './record/18-many-writers.js';
import { budgetsRow } from './governance/19-budgets.js';
import { streamsRow } from './providers/20-streams.js';
import { changesRow } from './governance/21-changes.js';
import { tenantsRow } from './governance/22-tenants.js';
import { experimentsRow } from './governance/23-experiments.js';

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
