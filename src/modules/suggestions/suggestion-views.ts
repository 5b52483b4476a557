import { type PromptContent, toWireExtras } from '../../templating/index.js';
import type { Suggestion } from './suggestion.js';
import type { SuggestionDto, SuggestionEvidenceDto, SuggestionPatchDto } from './suggestions.dto.js';
import type { SuggestionState } from './suggestions.repository.js';

const MOST_PLACES = 50;
const MOST_PLACE_CHARS = 500;
const EXECUTION = '/v1/executions/';

/** A suggestion with its id, which is unique within the prompt. */
export interface IdentifiedSuggestion {
  readonly suggestionId: string;
  readonly suggestion: Suggestion;
}

/** Determines how much of a suggestion the caller sees. */
export interface Showing {
  /** Whether the caller may read requests and answers. */
  readonly withContents: boolean;
  /** The path of the version. */
  readonly versionLink: string;
}

export function suggestionView(
  { suggestionId, suggestion }: IdentifiedSuggestion,
  state: SuggestionState | undefined,
  showing: Showing,
): SuggestionDto {
  const { kind, severity, title, quoting, expectedEffect, patch } = suggestion;
  const { costUsd30d, tokens, passRate } = expectedEffect;
  const { dismissedAt = null, appliedAt = null } = state ?? {};
  return {
    suggestion_id: suggestionId,
    kind,
    severity,
    title: showing.withContents ? title : (quoting?.title ?? title),
    status: dismissedAt !== null ? 'dismissed' : appliedAt !== null ? 'applied' : 'open',
    evidence: evidenceView(suggestion, showing),
    expected_effect: { cost_usd_30d: costUsd30d, tokens, pass_rate: passRate },
    patch: patch === null ? null : patchView(patch),
    dismissed:
      dismissedAt === null
        ? null
        : { at: dismissedAt.toISOString(), by: state?.dismissedBy ?? null, reason: state?.reason ?? null },
    applied:
      appliedAt === null || state?.appliedVersion == null
        ? null
        : { at: appliedAt.toISOString(), by: state.appliedBy, version_number: state.appliedVersion },
  };
}

function evidenceView(
  { evidence, quoting }: Suggestion,
  { withContents, versionLink }: Showing,
): SuggestionEvidenceDto {
  const quoted = withContents ? [] : (quoting?.facts ?? []);
  const links = evidence.links.filter((link) => withContents || !link.startsWith(EXECUTION));
  return {
    places: evidence.places.slice(0, MOST_PLACES).map((place) => ({ ...place, text: shorten(place.text) })),
    facts: Object.fromEntries(Object.entries(evidence.facts).filter(([name]) => !quoted.includes(name))),
    links: links.length === 0 ? [versionLink] : links,
  };
}

/** Does not split a surrogate pair. */
function shorten(text: string): string {
  return text.length > MOST_PLACE_CHARS
    ? text.slice(0, MOST_PLACE_CHARS).replace(/[\uD800-\uDBFF]$/u, '')
    : text;
}

function patchView(patch: NonNullable<Suggestion['patch']>): SuggestionPatchDto {
  switch (patch.kind) {
    case 'content':
      return { kind: 'content', content: { ...toRequest(patch.content) } };
    case 'params':
      return { kind: 'params', params: { max_new_tokens: patch.params.maxNewTokens } };
    case 'model':
      return {
        kind: 'model',
        model: { provider: patch.model.provider, model_name: patch.model.modelName },
      };
  }
}

/** Converts a content to the members of a `PUT` request, which finds snippets again by name. */
export function toRequest(content: PromptContent) {
  const { snippets: _, ...extras } = toWireExtras(content.extras) ?? {};
  return content.kind === 'text'
    ? { template_source: content.templateSource, ...extras }
    : { messages: content.messages.map(({ role, content: text }) => ({ role, content: text })), ...extras };
}
