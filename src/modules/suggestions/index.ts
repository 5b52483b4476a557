/** Suggestions: what to change in a version next, and the supporting facts. `content/` and `facts/` are pure. */
export { SuggestionsModule } from './suggestions.module.js';
