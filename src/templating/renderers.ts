import { liquid1 } from './liquid-1/renderer.js';
import type { PromptContent } from './content/content.js';
import { liquid2, usesSnippets } from './liquid-2/renderer.js';
import type { Renderer } from './renderer.js';

/** Renders new versions that use no snippets. */
export const RENDERER = 'liquid-1';

/** Returns the renderer of a new version. */
export function chooseRenderer(content: PromptContent): string {
  return usesSnippets(content) ? liquid2.id : RENDERER;
}

/** A change of the rules is a new entry. An entry that versions were stored with is never changed or removed. */
const renderers: ReadonlyMap<string, Renderer> = new Map([
  [RENDERER, liquid1],
  [liquid2.id, liquid2],
]);

/** @throws Error for an id that this release does not have, which belongs to a newer release. */
export function rendererFor(id: string): Renderer {
  const renderer = renderers.get(id);
  if (renderer === undefined) {
    throw new Error(`Unknown renderer "${id}"; this release has ${[...renderers.keys()].join(', ')}.`);
  }
  return renderer;
}
