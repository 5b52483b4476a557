import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type {
  ListPromptsQuery,
  Prompt,
  PromptDiff,
  PromptList,
  PromptListEntry,
  PutPromptRequest,
  PutPromptResult,
  RenderedPromptAnswer,
  RenderPromptRequest,
} from '../../wire/index.js';

/** Prompts by name. */
export class PromptsResource {
  /** @param onChange called with the name of a prompt before and after it changes. */
  constructor(
    private readonly transport: Transport,
    private readonly onChange: (name: string) => void = () => {},
  ) {}

  /**
   * Returns a prompt. `active_version` is the one that runs in the environment; the default environment is `default`.
   * @throws NotFoundError `PROMPT_NOT_FOUND`
   */
  get(
    name: string,
    { environment, ...options }: CallOptions & { readonly environment?: string | null } = {},
  ): ApiPromise<Prompt> {
    return this.transport.get(path`/v1/prompts/${name}`, { environment }, options);
  }

  /** `await` gives the first page, `for await` all prompts. */
  list(query: Sent<ListPromptsQuery> = {}, options?: CallOptions): Pages<PromptListEntry, PromptList> {
    return this.transport.pages('/v1/prompts', 'prompts', query, options);
  }

  /**
   * Creates or updates a prompt that is managed in the ledger.
   * @throws UnprocessableError `TEMPLATE_INVALID`
   * @throws BadRequestError `PROMPT_MODE_MISMATCH` for a prompt in code
   */
  put(name: string, request: Sent<PutPromptRequest>, options?: CallOptions): ApiPromise<PutPromptResult> {
    return this.changing(name, this.transport.put(path`/v1/prompts/${name}`, request, options));
  }

  /** Deletes a prompt. Its versions and executions stay readable by id. */
  delete(name: string, options?: CallOptions): ApiPromise<void> {
    return this.changing(name, this.transport.delete(path`/v1/prompts/${name}`, options));
  }

  /** Makes a version the active one. */
  activate(name: string, version: number, options?: CallOptions): ApiPromise<PutPromptResult> {
    const route = path`/v1/prompts/${name}/versions/${version}:activate`;
    return this.changing(name, this.transport.post(route, undefined, options));
  }

  /** Renders in the ledger without calling a provider. */
  render(
    name: string,
    request: Sent<RenderPromptRequest>,
    options?: CallOptions,
  ): ApiPromise<RenderedPromptAnswer> {
    return this.transport.post(path`/v1/prompts/${name}:render`, request, options);
  }

  /** Compares two versions. */
  diff(name: string, from: number, to: number, options?: CallOptions): ApiPromise<PromptDiff> {
    return this.transport.get(path`/v1/prompts/${name}/diff`, { from, to }, options);
  }

  private changing<T>(name: string, answer: ApiPromise<T>): ApiPromise<T> {
    const changed = () => this.onChange(name);
    changed();
    // A failed request may have been carried out, so the cached copy is dropped as well.
    answer.then(changed, changed);
    return answer;
  }
}
