import { Injectable } from '@nestjs/common';
import { heavyWork } from '../../kernel/index.js';
import { type Caller, SecretHasher } from '../auth/index.js';
import { findContentWarnings } from '../prompts/index.js';
import { toContent } from '../versions/index.js';
import { listPartsInSteps } from './content/parts.js';
import { countPrefixTokens } from './content/count-prefix-tokens.js';
import { listDeclared } from './content/list-declared.js';
import { suggestFromContentInSteps } from './content/suggest-from-content.js';
import { suggestFromSchema } from './content/suggest-from-schema.js';
import { type CollectedFacts, FactsCollector } from './collecting/facts-collector.js';
import { suggestFromFacts } from './facts/suggest-from-facts.js';
import type { VersionFacts } from './facts/version-facts.js';
import { identifySuggestion } from './identify-suggestion.js';
import type { Severity, Suggestion } from './suggestion.js';
import type { IdentifiedSuggestion } from './suggestion-views.js';
import type { FoundVersion } from './suggestions.repository.js';

export interface Findings {
  /** Most important first. */
  readonly suggestions: readonly IdentifiedSuggestion[];
  /** Null for a caller who may not list executions. */
  readonly facts: VersionFacts | null;
  /** Whether the caller may see quotations from requests and answers. */
  readonly withContents: boolean;
}

const RANKS: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** Finds the suggestions for a version that a caller may see. */
@Injectable()
export class SuggestionFinder {
  constructor(
    private readonly collector: FactsCollector,
    private readonly hasher: SecretHasher,
  ) {}

  async find(caller: Caller, version: FoundVersion): Promise<Findings> {
    const content = toContent(version);
    const parts = await heavyWork.runSteps(listPartsInSteps(content));
    const collected = caller.scopes.has('executions:list')
      ? await this.collector.collect(caller.projectId, version, countPrefixTokens(parts))
      : null;
    const withContents = caller.scopes.has('executions:read');
    const declared = declaredBy(content, version, withContents ? collected : null);
    const fromContent = await heavyWork.runSteps(
      suggestFromContentInSteps(content, { declared, used: version.variables }),
    );
    const fromSchema = await heavyWork.run(() => suggestFromSchema(findContentWarnings(content.extras)));
    const fromFacts = collected === null ? [] : suggestFromFacts(collected.facts);
    return {
      suggestions: this.identify(version, [...fromContent, ...fromSchema, ...fromFacts]),
      facts: collected?.facts ?? null,
      withContents,
    };
  }

  /** Lists each finding once. */
  private identify(
    { versionNumber, checksumHash }: FoundVersion,
    suggestions: readonly Suggestion[],
  ): IdentifiedSuggestion[] {
    const hash = (text: string) => this.hasher.hash(text);
    const byId = new Map<string, IdentifiedSuggestion>();
    for (const suggestion of suggestions) {
      const suggestionId = `${versionNumber}-${identifySuggestion(checksumHash, suggestion, hash)}`;
      if (!byId.has(suggestionId)) byId.set(suggestionId, { suggestionId, suggestion });
    }
    return [...byId.values()].sort(
      (one, other) => RANKS[one.suggestion.severity] - RANKS[other.suggestion.severity],
    );
  }
}

/**
 * Returns the variables that callers are known to send: those of the schema, or else those sent by every execution. The latter also include
 * the version's own variables, so that none of these counts as undeclared.
 */
function declaredBy(
  content: ReturnType<typeof toContent>,
  { variables }: FoundVersion,
  collected: CollectedFacts | null,
): readonly string[] | null {
  const schema = content.extras?.variablesSchema;
  if (schema !== undefined) return listDeclared(schema);
  const alwaysSent = collected?.alwaysSent ?? null;
  return alwaysSent === null ? null : [...new Set([...variables, ...alwaysSent])];
}
