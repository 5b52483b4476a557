import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grantExecute } from '../ledger/create-prompt-ledger/statements.js';
import { alterFunction, type Replacement, takenBack } from '../ledger/validate-answers/alter-function.js';

/** Adds the arm to an object, in the form that executions show. Outside rollouts the object is unchanged. */
const ADD_ARM = `
CREATE FUNCTION ledger_add_arm(rollout jsonb, object json) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN rollout IS NULL THEN object ELSE (left(object::text, -1) || ', "rollout" : ' || json_build_object(
  'rollout_id', rollout ->> 'rollout_id', 'arm', rollout ->> 'arm', 'phase', rollout -> 'phase',
  'unit', CASE WHEN rollout ->> 'unit' IS NULL THEN 'request' ELSE 'unit_key' END)::text || '}')::json END $$;
${grantExecute(['ledger_add_arm(jsonb,json)'])}
`;

const ANNOUNCED: readonly Replacement[] = [
  [
    'batch_id, error_type, callback_url, completed_at',
    'batch_id, error_type, callback_url, completed_at, rollout',
  ],
  [
    'ledger_add_metadata(o.metadata, json_build_object(',
    'ledger_add_arm(o.rollout, ledger_add_metadata(o.metadata, json_build_object(',
  ],
  [`'completed_at', ledger_wire_time(o.completed_at))`, `'completed_at', ledger_wire_time(o.completed_at)))`],
];

/** Every function that ends an execution with a callback. */
const ENDING = [
  'ledger_begin(json,uuid[],double precision,boolean)',
  'ledger_end(json,uuid[])',
  'ledger_end_uncalled(uuid,uuid[],text,text,text)',
];

/** The event of an execution's end names its rollout and arm. */
export class AnnounceArms1797660000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_ARM);
    for (const signature of ENDING) await alterFunction(runner, signature, ANNOUNCED);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const signature of ENDING) await alterFunction(runner, signature, takenBack(ANNOUNCED));
    await runner.query('DROP FUNCTION ledger_add_arm(jsonb,json)');
  }
}
