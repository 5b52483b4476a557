import { type ErrorEntry, LedgerError } from '../../kernel/index.js';

export class VersionNotFoundError extends LedgerError {
  /**
   * @param which the version, such as `version 3 of prompt "greeting"`.
   * @param list the call that lists the existing versions.
   */
  constructor(which: string, list = 'GET /v1/prompts/{name}/versions') {
    super({
      code: 'VERSION_NOT_FOUND',
      status: 404,
      title: 'No such version',
      detail: `The ${which} was not found; ${list} lists all versions.`,
    });
  }
}

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
