import type { Steps } from '../kernel/index.js';
import type { PromptContent, RenderedPrompt } from './content/content.js';

export interface RenderOptions {
  /** Limit on the UTF-8 bytes of the whole rendered prompt, all messages together. Default `DEFAULT_MAX_RENDERED_BYTES`. */
  readonly maxRenderedBytes?: number;
}

/** A parsed prompt. It is stateless and may be rendered any number of times. */
export interface CompiledPrompt {
  /** Names of the variables that a caller sends, in order of first appearance. */
  readonly variables: readonly string[];
  /**
   * Fills in the variables, which are JSON data as in a request. The same variables always give the same bytes.
   *
   * @throws TemplateVariablesMissingError 422 `TEMPLATE_VARIABLES_MISSING`
   * @throws RenderedPromptTooLargeError 413 `RENDERED_PROMPT_TOO_LARGE`
   * @throws TemplateInvalidError 422 `TEMPLATE_INVALID` when these variables cause too much work.
   * @throws ValidationError 400 `VALIDATION_FAILED` when a variable that it uses is not JSON data.
   */
  render(variables: Readonly<Record<string, unknown>>, options?: RenderOptions): RenderedPrompt;
  /** Works like {@link render}, but in steps, for a server that must serve other requests. */
  renderInSteps(variables: Readonly<Record<string, unknown>>, options?: RenderOptions): Steps<RenderedPrompt>;
}

/** One set of rules. A version is always rendered by the renderer that it was stored with. */
export interface Renderer {
  readonly id: string;
  /** @throws TemplateInvalidError 422 `TEMPLATE_INVALID` */
  compile(content: PromptContent): CompiledPrompt;
}

/** 200 KiB, the default of `MAX_RENDERED_PROMPT_BYTES`. */
export const DEFAULT_MAX_RENDERED_BYTES = 204_800;
