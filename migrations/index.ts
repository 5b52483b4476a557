import { CreatePromptLedger1795824000000 } from './1795824000000-create-prompt-ledger.js';

/** In the order they are run. A list, not a glob, so that a forgotten file is a compile error and not a surprise. */
export const MIGRATIONS = [CreatePromptLedger1795824000000];
