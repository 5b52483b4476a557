import { LedgerError } from '../../kernel/index.js';

export class SnippetNotFoundError extends LedgerError {
  constructor(name: string) {
    super({
      code: 'SNIPPET_NOT_FOUND',
      status: 404,
      title: 'No such snippet',
      detail: `Snippet "${name}" was not found; GET /v1/snippets lists all snippets.`,
    });
  }
}

export class SnippetInUseError extends LedgerError {
  constructor(name: string) {
    super({
      code: 'SNIPPET_IN_USE',
      status: 409,
      title: 'The snippet is in use',
      detail: `Snippet "${name}" is used by versions of prompts or of other snippets; GET /v1/snippets/{name}/usage lists them.`,
    });
  }
}
