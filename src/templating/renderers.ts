import { liquid1 } from './liquid-1/renderer.js';
import type { Renderer } from './renderer.js';

/** The renderer of new versions. */
export const RENDERER = 'liquid-1';

/** A change of the rules is a new entry; an entry that versions were stored with is never changed or removed. */
const renderers: ReadonlyMap<string, Renderer> = new Map([[RENDERER, liquid1]]);

/** @throws Error for an id that this release does not have: a version of a newer release. */
export function rendererFor(id: string): Renderer {
  const renderer = renderers.get(id);
  if (renderer === undefined) {
    throw new Error(`Unknown renderer "${id}"; this release has ${[...renderers.keys()].join(', ')}.`);
  }
  return renderer;
}
