/**
 * Templates of prompts: parsing, rendering, variables, checksums. Plain TypeScript for server, browser and SDK.
 *
 * The rules of `liquid-1`. A change of any of them is a new renderer; versions keep the one they were stored with.
 *  1. The syntax is Liquid's, read by LiquidJS. What is not listed here, or is left over in a tag, is TEMPLATE_INVALID.
 *  2. Tags: assign, capture, case/when, comment, for (offset, limit, reversed, else, break, continue, forloop), if,
 *     raw, unless. None that reads another template (include, render, layout, block), counts or cycles.
 *  3. Filters on text: append capitalize downcase escape lstrip prepend remove remove_first replace replace_first rstrip
 *     split squish strip strip_newlines truncate truncatewords upcase; on lists: compact concat first join last map
 *     reject reverse size slice sort sort_natural sum uniq where; on numbers: abs at_least at_most ceil divided_by floor
 *     minus modulo plus round times; on anything: default json. None that knows a date, chance, a zone or a locale.
 *  4. Nothing is escaped. Null is put out as nothing, objects and lists as compact JSON with their keys in the order in
 *     which they came. A number that was sent is put out as it came, character for character, and one that a filter or
 *     the template itself made as JavaScript writes it. Filters compute with doubles.
 *  5. Only own properties exist, and `size` (characters, elements, keys), and `first` and `last` of a list.
 *  6. A variable that is put out, looped over or filtered and was not sent is missing; all of those are reported. One
 *     that only a condition or the input of `default` asks for may be absent. Null is a value; below it all is null.
 *  7. `and` and `or` bind alike, from the right; comparing null or structures by size is false; text is compared by
 *     code unit. Text is cut by character (code point), never in half.
 *  8. Work is bounded by counts (`liquid-1/limits.ts`), never by time: the same input has the same verdict everywhere.
 *
 * `liquid-2` has one more tag. It renders versions that use snippets, and `liquid-1` all others.
 *  9. `{% render "snippet/NAME@NUMBER", argument: value, … %}` puts out a version of a snippet, in a scope of its own: it sees its
 *     arguments and nothing else. Name and number are literal. An argument that it needs has to be there, and one that it
 *     can do without is null. What it assigns ends with it, and `break` does not leave it.
 */
export { canonicalJson } from './content/canonical-json.js';
export { computeChecksum } from './content/checksum.js';
export { CompiledPromptCache } from './compiled-prompt-cache.js';
export type { CompiledPromptCacheOptions } from './compiled-prompt-cache.js';
export type { ChatMessage, ChatRole, PromptContent, RenderedPrompt } from './content/content.js';
export { extrasOfWire, toWireExtras } from './content/content-extras.js';
export type {
  ContentExtras,
  FunctionTool,
  JsonSchema,
  ResponseFormat,
  ToolChoice,
  WireExtras,
} from './content/content-extras.js';
export {
  RenderedPromptTooLargeError,
  TemplateInvalidError,
  TemplateVariablesMissingError,
} from './errors.js';
export type { TemplatePosition } from './errors.js';
export { readContentExtras } from './content/read-content-extras.js';
export type { UncheckedExtras } from './content/read-content-extras.js';
export { DEFAULT_MAX_RENDERED_BYTES } from './renderer.js';
export type { CompiledPrompt, Renderer, RenderOptions } from './renderer.js';
export { RENDERER, rendererFor, chooseRenderer } from './renderers.js';
export { listPins } from './liquid-2/list-pins.js';
export { type PinnedSnippet, type SnippetPin, snippetKey } from './content/snippet-pin.js';
