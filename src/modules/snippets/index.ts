export { type PinnedContent, SnippetPins } from './pins/snippet-pins.js';
export { SnippetsHttpModule, SnippetsModule } from './snippets.module.js';
