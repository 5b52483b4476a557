import type { CheckDefinition, CodeDefinition } from '../scorer-definition.js';
import type { ScorableAnswer } from '../scorable-answer.js';
import type { Finding, ScoringError } from '../verdict.js';

/** Work for a separate thread, because it may block the event loop for too long. */
export type SandboxJob =
  | { readonly kind: 'check'; readonly definition: CheckDefinition; readonly answer: ScorableAnswer }
  | { readonly kind: 'code'; readonly source: string; readonly inputJson: string }
  | { readonly kind: 'inspect'; readonly definition: CheckDefinition | CodeDefinition };

/** A fault in a definition. */
export interface DefinitionProblem {
  /** JSON pointer into the body of the definition. */
  readonly pointer: string;
  readonly message: string;
}

/** The answer of a thread. An inspection returns null when nothing is wrong. */
export type SandboxResult<Job extends SandboxJob> = Job extends { kind: 'inspect' }
  ? DefinitionProblem | null
  : Finding | ScoringError;

/** A thread reports once that it is ready, and then answers each job sent to it. */
export const READY = 'ready';
