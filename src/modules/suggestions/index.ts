/** Suggestions: what to change about a version next, and the facts that say so. Pure so far. */
export { suggestFromContent } from './content/suggest-from-content.js';
export { suggestFromFacts } from './facts/suggest-from-facts.js';
export type { CauseFacts, Examples, VariableFacts, VersionFacts } from './facts/version-facts.js';
export { identifySuggestion } from './identify-suggestion.js';
export {
  type Evidence,
  type ExpectedEffect,
  type Patch,
  type Place,
  type Severity,
  type Suggestion,
  SUGGESTION_KINDS,
  type SuggestionKind,
} from './suggestion.js';
