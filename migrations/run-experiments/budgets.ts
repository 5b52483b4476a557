import type { QueryRunner } from 'typeorm';

const SCOPES = `'project', 'owner_team', 'prompt', 'api_key'`;

const checkScopes = (scopes: string) => `
ALTER TABLE budgets DROP CONSTRAINT budgets_scope_kind_check;
ALTER TABLE budgets ADD CONSTRAINT budgets_scope_kind_check CHECK (scope_kind IN (${scopes}));
`;

/** The executions of an experiment carry its id as their batch, and the budget of the experiment names it. */
export const ADD_EXPERIMENT_BUDGETS = `
${checkScopes(`${SCOPES}, 'experiment'`)}
CREATE UNIQUE INDEX budgets_of_experiments ON budgets (project_id, scope_value) WHERE scope_kind = 'experiment';
`;

/** Removes the budgets of experiments with what they held and spent. Executions keep their costs. */
export const DROP_EXPERIMENT_BUDGETS = `
DELETE FROM budget_holds h USING budgets b
  WHERE b.project_id = h.project_id AND b.budget_id = h.budget_id AND b.scope_kind = 'experiment';
DELETE FROM budget_periods p USING budgets b
  WHERE b.project_id = p.project_id AND b.budget_id = p.budget_id AND b.scope_kind = 'experiment';
DELETE FROM budgets WHERE scope_kind = 'experiment';
DROP INDEX budgets_of_experiments;
${checkScopes(SCOPES)}
`;

type Replacement = readonly [from: string, to: string];

const BEGIN: Replacement = [
  `'key_id', key_id, 'input_pico_usd'`,
  `'key_id', key_id, 'batch_id', batch_id, 'input_pico_usd'`,
];

/** Whom a budget concerns, in the two places that ask; and what is asked about an entry. */
const HOLD: readonly Replacement[] = [
  [
    `json_to_recordset(asked) AS a(project_id uuid, owner_team text, prompt_name text, key_id text)`,
    `json_to_recordset(asked) AS a(project_id uuid, owner_team text, prompt_name text, key_id text, batch_id text)`,
  ],
  [
    `WHEN 'prompt' THEN b.scope_value = a.prompt_name`,
    `WHEN 'prompt' THEN b.scope_value = a.prompt_name WHEN 'experiment' THEN b.scope_value = a.batch_id`,
  ],
  [
    `WHEN 'prompt' THEN budgets.scope_values[at] = entry.prompt_name`,
    `WHEN 'prompt' THEN budgets.scope_values[at] = entry.prompt_name
        WHEN 'experiment' THEN budgets.scope_values[at] = entry.batch_id`,
  ],
  [
    `prompt_name text, key_id text, input_pico_usd numeric`,
    `prompt_name text, key_id text, batch_id text, input_pico_usd numeric`,
  ],
];

const CHANGES: readonly { readonly signature: string; readonly replacements: readonly Replacement[] }[] = [
  { signature: 'ledger_begin(json,uuid[],double precision,boolean)', replacements: [BEGIN] },
  { signature: 'ledger_hold_budgets(json,double precision)', replacements: HOLD },
];

/**
 * Lets a budget concern an experiment. The functions are changed as they stand in the database: each change is a few words, and
 * whatever else a migration has made of them stays.
 * @param isForward false to take it back.
 */
export async function carryExperiments(runner: QueryRunner, isForward: boolean): Promise<void> {
  for (const { signature, replacements } of CHANGES) {
    const rows = (await runner.query('SELECT pg_get_functiondef($1::regprocedure) AS text', [signature])) as {
      text: string;
    }[];
    let text = rows[0]?.text ?? '';
    for (const [before, after] of replacements) {
      const [from, to] = isForward ? [before, after] : [after, before];
      if (text.split(from).length !== 2)
        throw new Error(`${signature} is not what this migration changes: ${from}`);
      text = text.replace(from, () => to);
    }
    await runner.query(text);
  }
}
