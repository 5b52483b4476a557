/**
 * Templates of prompts: parsing, rendering, variables, checksums. Plain TypeScript for server, browser and SDK.
 *
 * The rules of `liquid-1`. Changing any of them needs a new renderer; versions keep the one they were stored with.
 *  1. The syntax is Liquid's, read by LiquidJS. Anything not listed here, or left over in a tag, is TEMPLATE_INVALID.
 *  2. Tags: assign, capture, case/when, comment, for (offset, limit, reversed, else, break, continue, forloop), if,
 *     raw, unless. No tag reads another template (include, render, layout, block), counts or cycles.
 *  3. Filters on text: append capitalize downcase escape lstrip prepend remove remove_first replace replace_first rstrip
 *     split squish strip strip_newlines truncate truncatewords upcase; on lists: compact concat first join last map
 *     reject reverse size slice sort sort_natural sum uniq where; on numbers: abs at_least at_most ceil divided_by floor
 *     minus modulo plus round times; on anything: default json. No filter uses a date, chance, a time zone or a locale.
 *  4. Nothing is escaped. Null is written as nothing, objects and lists as compact JSON with their keys in the order
 *     sent. A number that was sent is written as it was, character for character; a number that a filter or
 *     the template itself made is written as in JavaScript. Filters compute with doubles.
 *  5. The only properties are an object's own, `size` (characters, elements, keys), and `first` and `last` of a list.
 *  6. A variable that is written, looped over or filtered but was not sent is missing; all missing ones are reported. A
 *     variable used only in conditions or as the input of `default` may be absent. Null is a value; all below it is null.
 *  7. `and` and `or` have the same precedence, from the right; ordering null or structures is false; text is compared by
 *     code unit. Text is cut by character (code point), never inside one.
 *  8. Counts (`liquid-1/limits.ts`) limit the work, never time: the same input gets the same verdict everywhere.
 *
 * `liquid-2` has one more tag. It renders versions that use snippets, and `liquid-1` all others.
 *  9. `{% render "snippet/NAME@NUMBER", argument: value, … %}` writes a version of a snippet in its own scope: it sees only its
 *     arguments. Name and number are literal. A required argument must be given, and an absent optional one is
 *     null. Its assignments end with it, and `break` does not leave it.
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
