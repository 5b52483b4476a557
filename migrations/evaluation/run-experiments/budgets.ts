import type { Replacement } from '../../ledger/validate-answers/alter-function.js';

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

const BEGIN: Replacement = [
  `'key_id', key_id, 'input_pico_usd'`,
  `'key_id', key_id, 'batch_id', batch_id, 'input_pico_usd'`,
];

/** Adds the experiment to the two places that select the budgets of an entry, and to the columns of the entry. */
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

/** The changes to the budget functions, by signature. */
export const CARRY_EXPERIMENTS: Readonly<Record<string, readonly Replacement[]>> = {
  'ledger_begin(json,uuid[],double precision,boolean)': [BEGIN],
  'ledger_hold_budgets(json,double precision)': HOLD,
};
