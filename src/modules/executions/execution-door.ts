import type { AdmittedRequest } from './execution-admission.js';
import type { ExecutionResultDto, SubmittedDto } from './executions.dto.js';

/** Another way to ask for executions and to be told of them than `:run` and `:submit`; what happens is the same. */
export interface ExecutionDoor {
  /** Looks at what was resolved before anything is rendered. @throws LedgerError for what this door does not run. */
  readonly admit: (admitted: AdmittedRequest) => void;
  /** The body of the answer that the execution succeeded, or is queued. */
  readonly present: (
    execution: ExecutionResultDto | SubmittedDto,
    of: Pick<AdmittedRequest, 'promptName' | 'version'>,
  ) => object;
}

/** Runs everything, and answers what it is given. */
export const OWN_DOOR: ExecutionDoor = { admit: () => undefined, present: (execution) => execution };
