import type { CheckDefinition, CodeDefinition } from '../scorer-definition.js';
import type { ScorableAnswer } from '../scorable-answer.js';
import type { Finding, ScoringError } from '../verdict.js';

/** Work for a thread of its own: it may take longer than others may wait for the event loop. */
export type SandboxJob =
  | { readonly kind: 'check'; readonly definition: CheckDefinition; readonly answer: ScorableAnswer }
  | { readonly kind: 'code'; readonly source: string; readonly inputJson: string }
  | { readonly kind: 'inspect'; readonly definition: CheckDefinition | CodeDefinition };

/** A fault in a definition. */
export interface DefinitionProblem {
  /** Where, in the body that defines it. */
  readonly pointer: string;
  readonly message: string;
}

/** The answer of a thread: of an inspection null when nothing is wrong. */
export type SandboxResult<Job extends SandboxJob> = Job extends { kind: 'inspect' }
  ? DefinitionProblem | null
  : Finding | ScoringError;

/** A thread says once that it is ready, and then answers each job that it is sent. */
export const READY = 'ready';
