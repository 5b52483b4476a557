import type { MigrationInterface, QueryRunner } from 'typeorm';
import { JUDGEMENTS } from './1796900000000-erase-evaluation.js';
import { secureTable } from '../ledger/create-prompt-ledger/security.js';
import { grantExecute } from '../ledger/create-prompt-ledger/statements.js';
import { ERASURE_PREFIX } from '../content/erase-content/erase.js';
import { BEGIN_JUDGEMENTS, BEGIN_JUDGEMENTS_FUNCTION } from './link-judgements/begin.js';
import { ERASE_JUDGEMENTS, ERASE_VERDICTS, ERASING_PARTS } from './link-judgements/erase.js';

const FORMER_PART = `${ERASURE_PREFIX}5_judgements(uuid,uuid[])`;
const hide = (signature: string) => `REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;`;

const JUDGEMENTS_TABLE = `
CREATE TABLE judgements (
  project_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  scored_execution_id uuid NOT NULL,
  PRIMARY KEY (project_id, execution_id)
);
CREATE INDEX judgements_scored ON judgements (project_id, scored_execution_id);
`;

/** Links earlier judgements by what the server wrote. Metadata is ignored, because callers may have written it themselves. */
const FORMER_JUDGEMENTS = `
INSERT INTO judgements (project_id, execution_id, scored_execution_id)
SELECT s.project_id, s.judge_execution_id, s.execution_id FROM scores s WHERE s.judge_execution_id IS NOT NULL
UNION
SELECT s.project_id, s.judge_execution_id, c.execution_id FROM experiment_scores s
JOIN experiment_cells c USING (project_id, experiment_id, item, candidate, repetition)
WHERE s.judge_execution_id IS NOT NULL AND c.execution_id IS NOT NULL
ON CONFLICT DO NOTHING;
`;

/** The server records what each judgement judges, so that an erasure finds all judgements and nothing that merely claims to be one. */
export class LinkJudgements1797600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      [
        JUDGEMENTS_TABLE,
        FORMER_JUDGEMENTS,
        secureTable('judgements', 'SELECT, INSERT'),
        BEGIN_JUDGEMENTS,
        grantExecute([BEGIN_JUDGEMENTS_FUNCTION]),
        `DROP FUNCTION ${FORMER_PART};`,
        ERASE_JUDGEMENTS,
        ERASE_VERDICTS,
        ...ERASING_PARTS.map(hide),
      ].join('\n'),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      [
        ...[...ERASING_PARTS, BEGIN_JUDGEMENTS_FUNCTION].map((signature) => `DROP FUNCTION ${signature};`),
        'DROP TABLE judgements;',
        JUDGEMENTS,
        hide(FORMER_PART),
      ].join('\n'),
    );
  }
}
