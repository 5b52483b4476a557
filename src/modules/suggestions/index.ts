/** Suggestions: what to change about a version next, and the facts that say so. `content/` and `facts/` are pure. */
export { SuggestionsModule } from './suggestions.module.js';
