import { type ApiPromise, type CallOptions, path, type Sent, type Transport } from '../../core/index.js';
import type {
  AppliedSuggestion,
  ApplySuggestionRequest,
  DismissSuggestionRequest,
  ListSuggestionsQuery,
  Suggestion,
  SuggestionList,
} from '../../wire/index.js';

/** Suggestions for the next change of a prompt, each with its evidence. */
export class SuggestionsResource {
  constructor(private readonly transport: Transport) {}

  /** Computes the suggestions on each call. @throws NotFoundError `PROMPT_NOT_FOUND` | `VERSION_NOT_FOUND` */
  list(
    name: string,
    query: Sent<ListSuggestionsQuery> = {},
    options?: CallOptions,
  ): ApiPromise<SuggestionList> {
    return this.transport.get(path`/v1/prompts/${name}/suggestions`, { ...query }, options);
  }

  /** Hides a suggestion until it is restored. @throws NotFoundError `SUGGESTION_NOT_FOUND` */
  dismiss(
    name: string,
    suggestionId: string,
    request: Sent<DismissSuggestionRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Suggestion> {
    const route = path`/v1/prompts/${name}/suggestions/${suggestionId}:dismiss`;
    return this.transport.post(route, request, options);
  }

  restore(name: string, suggestionId: string, options?: CallOptions): ApiPromise<Suggestion> {
    const route = path`/v1/prompts/${name}/suggestions/${suggestionId}:restore`;
    return this.transport.post(route, undefined, options);
  }

  /**
   * Creates a draft with the patch; no pointer moves.
   * @throws ConflictError `SUGGESTION_STALE` | `SUGGESTION_NOT_APPLICABLE`
   * @throws BadRequestError `PROMPT_MODE_MISMATCH` for a prompt in code
   */
  apply(
    name: string,
    suggestionId: string,
    request: Sent<ApplySuggestionRequest> = {},
    options?: CallOptions,
  ): ApiPromise<AppliedSuggestion> {
    const route = path`/v1/prompts/${name}/suggestions/${suggestionId}:apply`;
    return this.transport.post(route, request, options);
  }
}
