import { type ErrorEntry, LedgerError } from '../../kernel/index.js';

/** 422 `VARIABLES_INVALID`: nothing was sent to a provider, and nothing was written. */
export class VariablesInvalidError extends LedgerError {
  /** @param errors with pointers such as `/variables/user/name`. */
  constructor(errors: readonly ErrorEntry[]) {
    super({
      code: 'VARIABLES_INVALID',
      status: 422,
      title: 'The variables do not fit the schema',
      detail: 'Send variables that fit the variables_schema of the version: "errors" lists what does not.',
      errors,
    });
  }
}
