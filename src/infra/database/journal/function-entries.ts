import type { ARM_ENTRY } from '../../../../migrations/rollouts/carry-arms/carry-arms.js';
import type { CALL_ENTRY } from '../../../../migrations/ledger/create-prompt-ledger/executions/call.js';
import type { END_ENTRY } from '../../../../migrations/ledger/create-prompt-ledger/executions/end.js';
import type {
  EntryColumns,
  SqlTypes,
} from '../../../../migrations/ledger/create-prompt-ledger/statements.js';
import type { JUDGEMENT_ENTRY } from '../../../../migrations/evaluation/link-judgements/begin.js';
import type { BEGIN_ENTRY, RECORD_ENTRY } from '../../../../migrations/content/mask-variables/carry-masks.js';
import type { VERDICT_ENTRY } from '../../../../migrations/ledger/validate-answers/carry-verdicts.js';

/**
 * The entries that the database's functions take, typed from the columns that the functions declare, so that a misspelt key does not
 * compile. Unknown values are null or omitted.
 */
type Entry<Columns extends EntryColumns> = {
  readonly [Column in keyof Columns]?: SqlTypes[Columns[Column]] | null | undefined;
};

/** Every entry names its project and execution. */
interface Identified {
  readonly project_id: string;
  readonly execution_id: string;
}

interface Fenced extends Identified {
  readonly fence: number;
  readonly attempt: number;
}

/** An entry of `ledger_begin_plain`, `ledger_begin` and `ledger_begin_judgements`. */
export type BeginEntry = Entry<typeof BEGIN_ENTRY & typeof ARM_ENTRY & typeof JUDGEMENT_ENTRY> & Identified;

/** An entry of `ledger_call`. */
export type CallEntry = Entry<typeof CALL_ENTRY> & Fenced;

/** An entry of `ledger_end_plain`, `ledger_end` and `ledger_record_late`. */
export type EndEntry = Entry<typeof END_ENTRY & typeof VERDICT_ENTRY> & Fenced;

/** An entry of `ledger_record`. */
export type RecordEntry = Entry<typeof RECORD_ENTRY & typeof VERDICT_ENTRY>;
