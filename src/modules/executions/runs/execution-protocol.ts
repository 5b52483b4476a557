import type { Completion } from '../../providers/index.js';
import type { AdmittedRequest } from '../admission/execution-request.js';
import type { ExecutionResultDto, SubmittedDto } from '../wire/executions.dto.js';

/** The request and answer format of an API, such as the ledger's own or OpenAI's. What is executed is the same. */
export interface ExecutionProtocol {
  /** Checks what was resolved before anything is rendered. @throws LedgerError for what the protocol does not run. */
  readonly admit: (admitted: AdmittedRequest) => void;
  /**
   * Returns the body of the answer for an execution that succeeded or is queued.
   * @param completion the provider's answer; left out when the execution is queued or was answered from the cache.
   */
  readonly present: (
    execution: ExecutionResultDto | SubmittedDto,
    of: Pick<AdmittedRequest, 'prompt'>,
    completion?: Completion,
  ) => object;
  /**
   * Returns further headers of the answers that {@link present} makes, and of streams. Left out: none.
   * @param execution with the model that answers, or for a stream the one that is being called when its head goes out.
   */
  readonly headers?: (
    execution: Pick<ExecutionResultDto, 'execution_id' | 'model' | 'rollout'>,
  ) => Readonly<Record<string, string>>;
}

/** Runs everything, and returns the execution unchanged. */
export const OWN_PROTOCOL: ExecutionProtocol = { admit: () => undefined, present: (execution) => execution };
