import type { ScorerKind } from '../../entities/index.js';
import { type ErrorEntry, LedgerError } from '../../kernel/index.js';

export class ScorerNotFoundError extends LedgerError {
  constructor(name: string) {
    super({
      code: 'SCORER_NOT_FOUND',
      status: 404,
      title: 'No such scorer',
      detail: `Scorer "${name}" was not found; GET /v1/scorers lists all scorers.`,
    });
  }
}

export class ScorerVersionNotFoundError extends LedgerError {
  constructor(name: string, versionNumber: number) {
    super({
      code: 'SCORER_VERSION_NOT_FOUND',
      status: 404,
      title: 'No such version of the scorer',
      detail: `Version ${versionNumber} of scorer "${name}" was not found; GET /v1/scorers/{name}/versions lists its versions.`,
    });
  }
}

/** A scorer keeps its kind, or scores under its name would not be comparable. */
export class ScorerKindMismatchError extends LedgerError {
  private constructor(detail: string) {
    super({ code: 'SCORER_KIND_MISMATCH', status: 409, title: 'The scorer is of another kind', detail });
  }

  /** @param kind the scorer's kind. */
  static ofPut(name: string, kind: ScorerKind): ScorerKindMismatchError {
    return new ScorerKindMismatchError(
      `Scorer "${name}" is a ${kind} and stays one; send "kind": "${kind}", or take another name.`,
    );
  }

  static ofPostedScore(name: string, kind: ScorerKind): ScorerKindMismatchError {
    return new ScorerKindMismatchError(
      `Scorer "${name}" is a ${kind}, whose scores are computed and not posted; name one of kind human, or call POST /v1/scorers/{name}:score.`,
    );
  }

  static ofScoring(name: string): ScorerKindMismatchError {
    return new ScorerKindMismatchError(
      `Scorer "${name}" is a human, whose scores are given and not computed; send one with POST /v1/scores.`,
    );
  }
}

/** A regular expression, a schema or code that cannot be used. */
export class ScorerInvalidError extends LedgerError {
  constructor(detail: string, error: ErrorEntry) {
    super({
      code: 'SCORER_INVALID',
      status: 422,
      title: 'The scorer cannot be used',
      detail,
      errors: [error],
    });
  }
}

/** The sandbox gave no result, for a reason in this process. */
export class SandboxUnavailableError extends LedgerError {
  constructor(cause?: unknown) {
    super({
      code: 'SANDBOX_UNAVAILABLE',
      status: 503,
      title: 'The sandbox is not available',
      detail:
        'The process that was asked is stopping or could not start its sandbox; send the request again.',
      retryable: true,
      headers: { 'Retry-After': '1' },
      cause,
    });
  }
}

/** The caller stopped waiting for a judgement, which continues. */
export class JudgementInterruptedError extends LedgerError {
  constructor(executionId: string) {
    super({
      code: 'JUDGEMENT_INTERRUPTED',
      status: 503,
      title: 'The judgement is still under way',
      detail: `The judgement is still under way as execution "${executionId}"; read that, or ask again.`,
      retryable: true,
      extensions: { execution_id: executionId },
      headers: { 'Retry-After': '1' },
    });
  }
}
