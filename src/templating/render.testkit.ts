import { LedgerError } from '../kernel/index.js';
import { RENDERER, rendererFor } from './index.js';
import type { PromptContent, RenderOptions } from './index.js';

export const renderer = rendererFor(RENDERER);

export function text(templateSource: string): PromptContent {
  return { kind: 'text', templateSource };
}

export function render(
  source: string,
  variables: Record<string, unknown> = {},
  options?: RenderOptions,
): string {
  const rendered = renderer.compile(text(source)).render(variables, options);
  return rendered.kind === 'text' ? rendered.text : '';
}

export function failureOf(work: () => unknown): LedgerError {
  try {
    work();
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}
