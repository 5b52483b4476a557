import type { Completion } from '../../providers/index.js';
import type { AdmittedRequest } from '../admission/execution-request.js';
import type { ExecutionResultDto, SubmittedDto } from '../wire/executions.dto.js';

/** Another way to ask for executions and to be told of them than `:run` and `:submit`; what happens is the same. */
export interface ExecutionProtocol {
  /** Looks at what was resolved before anything is rendered. @throws LedgerError for what it does not run. */
  readonly admit: (admitted: AdmittedRequest) => void;
  /**
   * The body of the answer that the execution succeeded, or is queued.
   * @param completion what the provider answered; left out when it is queued, or was answered from the cache.
   */
  readonly present: (
    execution: ExecutionResultDto | SubmittedDto,
    of: Pick<AdmittedRequest, 'prompt'>,
    completion?: Completion,
  ) => object;
  /**
   * Further headers of the answers that {@link present} makes, and of streams. Left out: none.
   * @param execution with the model that answers; of a stream, the one that is being called when its head goes out.
   */
  readonly headers?: (
    execution: Pick<ExecutionResultDto, 'execution_id' | 'model' | 'rollout'>,
  ) => Readonly<Record<string, string>>;
}

/** Runs everything, and answers what it is given. */
export const OWN_PROTOCOL: ExecutionProtocol = { admit: () => undefined, present: (execution) => execution };
