import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type {
  EnvironmentList,
  ListMovesQuery,
  MovedPointer,
  MovePointerRequest,
  PointerMove,
  PointerMoveList,
  PromptEnvironmentList,
  PutEnvironmentRequest,
  PutEnvironmentResult,
} from '../../wire/index.js';

/** Which version of a prompt runs in which environment, and the rules of environments. */
export class EnvironmentsResource {
  /** @param onChange called with the name of a prompt before and after it moves; null for any prompt. */
  constructor(
    private readonly transport: Transport,
    private readonly onChange: (name: string | null) => void = () => {},
  ) {}

  /** Lists the environments that have rules. */
  list(options?: CallOptions): ApiPromise<EnvironmentList> {
    return this.transport.get('/v1/environments', undefined, options);
  }

  /** Sets rules; omitted ones stay. They apply to every request sent after the answer. */
  put(
    name: string,
    request: Sent<PutEnvironmentRequest>,
    options?: CallOptions,
  ): ApiPromise<PutEnvironmentResult> {
    return this.changing(null, this.transport.put(path`/v1/environments/${name}`, request, options));
  }

  /** Lists the environments in which a prompt has a version of its own. @throws NotFoundError `PROMPT_NOT_FOUND` */
  of(promptName: string, options?: CallOptions): ApiPromise<PromptEnvironmentList> {
    return this.transport.get(path`/v1/prompts/${promptName}/environments`, undefined, options);
  }

  /**
   * Makes this version run there from now on.
   * @throws ConflictError `ENVIRONMENT_PROTECTED` where only a change may do that
   */
  move(
    promptName: string,
    environment: string,
    request: Sent<MovePointerRequest>,
    options?: CallOptions,
  ): ApiPromise<MovedPointer> {
    const route = path`/v1/prompts/${promptName}/environments/${environment}`;
    return this.changing(promptName, this.transport.put(route, request, options));
  }

  /** Lists pointer moves, newest first. `await` gives the first page, `for await` all items. */
  moves(
    promptName: string,
    query: Sent<ListMovesQuery> = {},
    options?: CallOptions,
  ): Pages<PointerMove, PointerMoveList> {
    const route = path`/v1/prompts/${promptName}/moves`;
    return this.transport.pages(route, 'moves', query, options);
  }

  /**
   * Reverts the latest move. Not retried after a lost answer, because a second rollback would undo the first.
   * @throws OutcomeUnknownError `OUTCOME_UNKNOWN` after a lost answer
   * @throws NotFoundError `VERSION_NOT_FOUND` when no version ran there before
   * @throws ConflictError `ENVIRONMENT_PROTECTED` for a version that was never approved there
   */
  rollback(
    promptName: string,
    environment: string,
    reason: string,
    options?: CallOptions,
  ): ApiPromise<MovedPointer> {
    const route = path`/v1/prompts/${promptName}/environments/${environment}:rollback`;
    const answer = this.transport.post(route, { reason }, options);
    return this.changing(promptName, answer as ApiPromise<MovedPointer>);
  }

  private changing<T>(name: string | null, answer: ApiPromise<T>): ApiPromise<T> {
    const changed = () => this.onChange(name);
    changed();
    // A failed request may have been carried out, so the cached copy is dropped as well.
    answer.then(changed, changed);
    return answer;
  }
}
