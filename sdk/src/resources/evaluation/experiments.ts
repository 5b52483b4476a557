import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  TimeoutError,
  type Transport,
} from '../../core/index.js';
import type {
  CompareExperimentQuery,
  CreateExperimentRequest,
  Experiment,
  ExperimentComparison,
  ExperimentDetail,
  ExperimentList,
  ExperimentResult,
  ExperimentResultList,
  ListExperimentResultsQuery,
  ListExperimentsQuery,
} from '../../wire/index.js';

export interface ExperimentWaitOptions {
  /** Milliseconds. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the experiment after each check. */
  readonly onProgress?: ((experiment: ExperimentDetail) => void) | undefined;
}

const FIRST_LOOK_MS = 250;
const LAST_LOOK_MS = 3000;

/** Experiments, which run candidates on the items of a dataset and compare them. */
export class ExperimentsResource {
  constructor(private readonly transport: Transport) {}

  /** Creates an experiment, which the ledger runs. `wait` waits for it. */
  create(request: Sent<CreateExperimentRequest>, options?: CallOptions): ApiPromise<Experiment> {
    return this.transport.post('/v1/experiments', request, options);
  }

  /** Newest first. `await` gives the first page, `for await` all items. */
  list(query: Sent<ListExperimentsQuery> = {}, options?: CallOptions): Pages<Experiment, ExperimentList> {
    return this.transport.pages('/v1/experiments', 'experiments', query, options);
  }

  get(experimentId: string, options?: CallOptions): ApiPromise<ExperimentDetail> {
    return this.transport.get(path`/v1/experiments/${experimentId}`, undefined, options);
  }

  /**
   * Polls until the experiment is over. @returns the experiment, whatever its status.
   * @throws TimeoutError when the time is up; the experiment continues
   */
  async wait(experimentId: string, options: ExperimentWaitOptions = {}): Promise<ExperimentDetail> {
    const { timeoutMs = Infinity, signal, onProgress } = options;
    const endsAtMs = Date.now() + timeoutMs;
    let lookMs = FIRST_LOOK_MS;
    for (;;) {
      const experiment = await this.get(experimentId, { signal });
      onProgress?.(experiment);
      if (experiment.status !== 'queued' && experiment.status !== 'running') return experiment;
      const leftMs = endsAtMs - Date.now();
      if (leftMs <= 0) {
        throw new TimeoutError(
          `Experiment ${experimentId} is still ${experiment.status} after ${timeoutMs} ms.`,
        );
      }
      await sleep(Math.min(lookMs, leftMs), signal);
      lookMs = Math.min(lookMs * 1.5, LAST_LOOK_MS);
    }
  }

  /** Lists the results of each candidate for each item. `await` gives the first page, `for await` all items. */
  results(
    experimentId: string,
    query: Sent<ListExperimentResultsQuery> = {},
    options?: CallOptions,
  ): Pages<ExperimentResult, ExperimentResultList> {
    const route = path`/v1/experiments/${experimentId}/results`;
    return this.transport.pages(route, 'results', query, options);
  }

  /** @throws ConflictError `SCORER_VERSIONS_DIFFER` for scores of two versions of the scorer */
  compare(
    experimentId: string,
    query: Sent<CompareExperimentQuery>,
    options?: CallOptions,
  ): ApiPromise<ExperimentComparison> {
    return this.transport.get(path`/v1/experiments/${experimentId}/compare`, query, options);
  }

  /** Returns one document: JUnit XML for test viewers, Markdown for people, or JSON as text. */
  report(
    experimentId: string,
    format: 'json' | 'junit' | 'markdown',
    options?: CallOptions,
  ): ApiPromise<string> {
    return this.transport.getText(path`/v1/experiments/${experimentId}/report`, { format }, options);
  }

  /** Cancels waiting cells; calls under way continue. */
  cancel(experimentId: string, options?: CallOptions): ApiPromise<ExperimentDetail> {
    return this.transport.post(path`/v1/experiments/${experimentId}:cancel`, undefined, options);
  }
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', fail);
      resolve();
    }, ms);
    if (signal?.aborted === true) fail();
    else signal?.addEventListener('abort', fail, { once: true });
  });
}
