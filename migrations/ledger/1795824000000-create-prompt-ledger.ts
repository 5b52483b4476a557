import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_BEGIN } from './create-prompt-ledger/executions/begin.js';
import { CREATE_BUDGETS } from './create-prompt-ledger/budgets/budgets.js';
import { CREATE_CALL } from './create-prompt-ledger/executions/call.js';
import { CREATE_CLAIM } from './create-prompt-ledger/executions/claim.js';
import { CREATE_COUNTS, CREATE_FOLD } from './create-prompt-ledger/counts.js';
import { CREATE_WIRE_TIME } from './create-prompt-ledger/duties.js';
import { CREATE_END_UNCALLED } from './create-prompt-ledger/executions/end-uncalled.js';
import { CREATE_END } from './create-prompt-ledger/executions/end.js';
import { CREATE_EXECUTIONS } from './create-prompt-ledger/executions/executions.js';
import { CREATE_HOLD_BUDGETS } from './create-prompt-ledger/budgets/hold-budgets.js';
import { CREATE_IDS, DROP_IDS } from './create-prompt-ledger/ids.js';
import { CREATE_RECORD_LATE } from './create-prompt-ledger/executions/late.js';
import { CREATE_OUTBOX } from './create-prompt-ledger/outbox.js';
import { CREATE_RECORD } from './create-prompt-ledger/executions/record.js';
import { CREATE_REGISTRY } from './create-prompt-ledger/registry.js';
import { CREATE_REQUESTS } from './create-prompt-ledger/requests.js';
import { CREATE_SECURITY, DROP_ALL, DROP_ROLE } from './create-prompt-ledger/security.js';
import { CREATE_SETTLE_BUDGETS } from './create-prompt-ledger/budgets/settle-budgets.js';
import { CREATE_SWEEP } from './create-prompt-ledger/executions/sweep.js';
import { CREATE_SYSTEM_FUNCTIONS } from './create-prompt-ledger/system-functions.js';
import { CREATE_TELL_THRESHOLDS } from './create-prompt-ledger/budgets/tell-thresholds.js';
import { CREATE_UPKEEP } from './create-prompt-ledger/upkeep.js';
import { CREATE_WEBHOOK_FUNCTIONS } from './create-prompt-ledger/webhook-functions.js';

/** The whole data model, with the project `default` that a fresh install starts in. */
export class CreatePromptLedger1795824000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const tables of [
      CREATE_IDS,
      CREATE_REGISTRY,
      CREATE_REQUESTS,
      CREATE_EXECUTIONS,
      CREATE_COUNTS,
      CREATE_BUDGETS,
      CREATE_OUTBOX,
    ]) {
      await runner.query(tables);
    }
    await runner.query(`INSERT INTO projects (name) VALUES ('default')`);
    for (const functions of [
      CREATE_WIRE_TIME,
      CREATE_SYSTEM_FUNCTIONS,
      CREATE_HOLD_BUDGETS,
      CREATE_SETTLE_BUDGETS,
      CREATE_TELL_THRESHOLDS,
      CREATE_BEGIN,
      CREATE_CALL,
      CREATE_END,
      CREATE_RECORD_LATE,
      CREATE_END_UNCALLED,
      CREATE_CLAIM,
      CREATE_SWEEP,
      CREATE_UPKEEP,
      CREATE_RECORD,
      CREATE_FOLD,
      CREATE_WEBHOOK_FUNCTIONS,
    ]) {
      await runner.query(functions);
    }
    await runner.query(CREATE_SECURITY);
    await runner.query('SELECT ledger_ensure_partitions()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_ALL);
    await runner.query(DROP_IDS);
    await runner.query(DROP_ROLE);
  }
}
