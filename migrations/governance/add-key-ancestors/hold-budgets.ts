import { CREATE_HOLD_BUDGETS } from '../../ledger/create-prompt-ledger/budgets/hold-budgets.js';

const BEFORE = CREATE_HOLD_BUDGETS.slice(
  CREATE_HOLD_BUDGETS.indexOf('CREATE FUNCTION ledger_hold_budgets'),
).replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION');

/** Restores the function of the first migration. */
export const RESTORE_HOLD_BUDGETS = BEFORE;

/** A budget of a key covers all keys that descend from it. Only the selection of affected requests changes. */
export const HOLD_BUDGETS_OF_KEY_LINES = [
  [
    `OR b.scope_value = CASE b.scope_kind WHEN 'owner_team' THEN a.owner_team WHEN 'prompt' THEN a.prompt_name ELSE a.key_id END));`,
    `OR CASE b.scope_kind WHEN 'owner_team' THEN b.scope_value = a.owner_team WHEN 'prompt' THEN b.scope_value = a.prompt_name
      ELSE b.scope_value = ANY (ledger_key_line(a.project_id, a.key_id)) END));`,
  ],
  [
    `CONTINUE WHEN budgets.kinds[at] <> 'project' AND budgets.scope_values[at] IS DISTINCT FROM
        (CASE budgets.kinds[at] WHEN 'owner_team' THEN entry.owner_team WHEN 'prompt' THEN entry.prompt_name ELSE entry.key_id END);`,
    `CONTINUE WHEN NOT coalesce(CASE budgets.kinds[at] WHEN 'project' THEN true WHEN 'owner_team' THEN budgets.scope_values[at] = entry.owner_team
        WHEN 'prompt' THEN budgets.scope_values[at] = entry.prompt_name
        ELSE budgets.scope_values[at] = ANY (ledger_key_line(entry.project_id, entry.key_id)) END, false);`,
  ],
].reduce((text, [from = '', to = '']) => {
  if (!text.includes(from)) throw new Error('ledger_hold_budgets is not what this migration changes');
  return text.replace(from, () => to);
}, BEFORE);
