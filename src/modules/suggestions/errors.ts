import { LedgerError } from '../../kernel/index.js';

export class SuggestionNotFoundError extends LedgerError {
  constructor(name: string, suggestionId: string) {
    super({
      code: 'SUGGESTION_NOT_FOUND',
      status: 404,
      title: 'No such suggestion',
      detail: `Suggestion "${suggestionId}" of prompt "${name}" was not found; GET /v1/prompts/{name}/suggestions lists the current ones, and one whose facts have changed is gone.`,
    });
  }
}

/** A draft of an older content would lack the later changes. */
export class SuggestionStaleError extends LedgerError {
  constructor(name: string, versionNumber: number, newestNumber: number) {
    super({
      code: 'SUGGESTION_STALE',
      status: 409,
      title: 'The prompt has changed since',
      detail: `The suggestion is about version ${versionNumber} of prompt "${name}", and version ${newestNumber} is newer; list the suggestions for that one, or send "allow_older": true for a draft without its changes.`,
      extensions: { version_number: versionNumber, newest_version_number: newestNumber },
    });
  }
}

export class SuggestionNotApplicableError extends LedgerError {
  private constructor(detail: string) {
    super({
      code: 'SUGGESTION_NOT_APPLICABLE',
      status: 409,
      title: 'The suggestion cannot be applied',
      detail,
    });
  }

  static ofNoPatch(): SuggestionNotApplicableError {
    return new SuggestionNotApplicableError(
      'The suggestion has no patch, because no change is right for everybody; change the prompt with PUT /v1/prompts/{name}.',
    );
  }

  /** @param what the parts of a request that would change. */
  static ofRequests(what: string): SuggestionNotApplicableError {
    return new SuggestionNotApplicableError(
      `The patch changes ${what} of requests, which no version holds; send what it says with your requests.`,
    );
  }
}
