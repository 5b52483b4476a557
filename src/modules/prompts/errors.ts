import type { PromptKind, PromptMode } from '../../entities/index.js';
import { LedgerError, ValidationError } from '../../kernel/index.js';

export { VersionNotFoundError } from '../versions/index.js';

export class PromptNotFoundError extends LedgerError {
  constructor(name: string) {
    super({
      code: 'PROMPT_NOT_FOUND',
      status: 404,
      title: 'No such prompt',
      detail: `Prompt "${name}" was not found; GET /v1/prompts lists all prompts.`,
    });
  }
}

export class TemplateHashMismatchError extends LedgerError {
  private constructor(detail: string, message: string) {
    super({
      code: 'TEMPLATE_HASH_MISMATCH',
      status: 422,
      title: 'The template hash is of another content',
      detail,
      errors: [{ pointer: '/template_hash', message }],
    });
  }

  static ofTemplate(): TemplateHashMismatchError {
    return new TemplateHashMismatchError(
      'Send as template_hash the lower-case hex SHA-256 of the UTF-8 template_source, or leave it out.',
      'is not the SHA-256 of template_source',
    );
  }

  /** @param versionNumber the requested number. */
  static ofVersion(name: string, versionNumber: number): TemplateHashMismatchError {
    return new TemplateHashMismatchError(
      `Send the template_hash of version ${versionNumber} of prompt "${name}", or only one of the two.`,
      `is not that of version ${versionNumber}`,
    );
  }
}

export class NoActiveVersionError extends LedgerError {
  /** @param environment a protected environment, which does not fall back to the active version. Left out: any other. */
  constructor(name: string, environment?: string) {
    super({
      code: 'NO_ACTIVE_VERSION',
      status: 409,
      title: 'The prompt has no active version',
      detail:
        environment === undefined
          ? `Prompt "${name}" has no active version; ask for one by number, or activate one with POST /v1/prompts/{name}/versions/{n}:activate.`
          : `Prompt "${name}" has no version in the protected environment "${environment}"; open a change with POST /v1/changes to bring one there.`,
    });
  }
}

/** A protected environment runs only versions approved for it, and changes only through an approved change. */
export class EnvironmentProtectedError extends LedgerError {
  private constructor(detail: string) {
    super({
      code: 'ENVIRONMENT_PROTECTED',
      status: 409,
      title: 'The environment is protected',
      detail,
    });
  }

  /** For a pointer that only a change may move. */
  static ofMove(promptName: string, environment: string): EnvironmentProtectedError {
    return new EnvironmentProtectedError(
      `The environment "${environment}" is protected, so its version of prompt "${promptName}" changes by an approved change: open one with POST /v1/changes.`,
    );
  }

  /** For a prompt that only someone who may lift the protection may delete. */
  static ofDeletion(promptName: string, environment: string): EnvironmentProtectedError {
    return new EnvironmentProtectedError(
      `Prompt "${promptName}" runs in the protected environment "${environment}", so only someone with the scope environments:write may delete it.`,
    );
  }

  /** For a rollout that only a change may start. */
  static ofRollout(promptName: string, environment: string, rolloutId: string): EnvironmentProtectedError {
    return new EnvironmentProtectedError(
      `The environment "${environment}" is protected, so a rollout of prompt "${promptName}" starts there by an approved change: open one with POST /v1/changes {"kind":"rollout","rollout_id":"${rolloutId}","reason":"…"}, have it approved, and apply it.`,
    );
  }

  /** @param pointer the number of the version that runs there; null for none. */
  static ofVersion(
    promptName: string,
    environment: string,
    pointer: number | null,
  ): EnvironmentProtectedError {
    const runs = pointer === null ? 'no version' : `version ${pointer} and no other`;
    return new EnvironmentProtectedError(
      `The protected environment "${environment}" runs ${runs} of prompt "${promptName}"; name another environment, or open a change with POST /v1/changes to bring the version there.`,
    );
  }

  /** For a call that brings its own messages instead of a prompt. */
  static ofBareCall(environment: string): EnvironmentProtectedError {
    return new EnvironmentProtectedError(
      `The protected environment "${environment}" runs prompts only; name another environment, or a prompt that a change from POST /v1/changes brought there.`,
    );
  }

  /** For a reported execution that does not name the version it ran. */
  static ofUnnamedVersion(promptName: string, environment: string): EnvironmentProtectedError {
    return new EnvironmentProtectedError(
      `Name the version of prompt "${promptName}" by version_number or template_hash: what is recorded in the protected environment "${environment}" has to be known.`,
    );
  }

  /** For a reported execution of a version that was never approved. */
  static ofUnapprovedVersion(
    promptName: string,
    environment: string,
    versionNumber: number,
  ): EnvironmentProtectedError {
    return new EnvironmentProtectedError(
      `Version ${versionNumber} of prompt "${promptName}" was never approved for the protected environment "${environment}"; record it in another environment, or open a change with POST /v1/changes.`,
    );
  }

  /** For a label without a description in a project that allows only described ones. */
  static ofUnknown(environment: string): EnvironmentProtectedError {
    return new EnvironmentProtectedError(
      `The project has no environment "${environment}" and allows no other; GET /v1/environments lists them, and PUT /v1/environments/{name} adds one.`,
    );
  }
}

/** The answer has an object for each line, so the number of lines bounds its size. */
export class VersionsTooLongToCompareError extends LedgerError {
  /** @param which the version, such as `greeting (version 3)`. */
  constructor(which: string, mostLines: number) {
    super({
      code: 'VERSIONS_TOO_LONG_TO_COMPARE',
      status: 422,
      title: 'The versions are too long to be compared',
      detail: `The text of ${which} has more than ${mostLines} lines; read both with GET /v1/prompts/{name}/versions/{n} and compare them yourself.`,
    });
  }
}

/** The route to call instead, by the prompt's mode. */
const INSTEAD: Record<PromptMode, string> = {
  full: 'Use PUT /v1/prompts/{name} instead to change it, and POST /v1/executions:run to run it',
  tracking: 'Use code-based endpoints instead',
};

export class PromptModeMismatchError extends LedgerError {
  /** @param mode the prompt's mode, which is not the one that the call needs. */
  constructor(name: string, mode: PromptMode) {
    super({
      code: 'PROMPT_MODE_MISMATCH',
      status: 400,
      title: 'The prompt is in the other mode',
      detail: `Prompt "${name}" is in ${mode} mode. ${INSTEAD[mode]}.`,
    });
  }
}

/** A prompt keeps its kind, because its callers rely on getting a text, or messages. */
export class PromptKindMismatchError extends ValidationError {
  /** @param kind the prompt's kind. @param sent the kind of the content that was sent. */
  constructor(name: string, kind: PromptKind, sent: PromptKind) {
    super(`Prompt "${name}" is a ${kind} prompt and stays one; send ${MEMBER_OF[kind]}.`, [
      { pointer: `/${MEMBER_OF[sent]}`, message: `does not fit a ${kind} prompt` },
    ]);
  }
}

const MEMBER_OF: Record<PromptKind, string> = { text: 'template_source', chat: 'messages' };
