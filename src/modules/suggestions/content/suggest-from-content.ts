import { finish, type Steps } from '../../../kernel/index.js';
import { type PromptContent, rendererFor, chooseRenderer } from '../../../templating/index.js';
import type { Suggestion } from '../suggestion.js';
import { checkInjection } from './check-injection.js';
import { checkPrefix } from './check-prefix.js';
import { checkRepetition } from './check-repetition.js';
import { checkResponseFormat } from './check-response-format.js';
import { checkSize } from './check-size.js';
import { checkVariables } from './check-variables.js';
import { listPartsInSteps } from './parts.js';

export interface ContentOptions {
  /** The variables that callers are known to send; null if unknown. */
  readonly declared?: readonly string[] | null;
  /** The variables of the version, if already known. */
  readonly used?: readonly string[];
}

/**
 * Suggests changes that need no execution of the version.
 *
 * @param content a stored content, so its templates parse.
 */
export function suggestFromContent(content: PromptContent, options: ContentOptions = {}): Suggestion[] {
  return finish(suggestFromContentInSteps(content, options));
}

/** Makes the same suggestions in steps of a few milliseconds, however large and hostile the content is. */
export function* suggestFromContentInSteps(
  content: PromptContent,
  { declared = null, used }: ContentOptions = {},
): Steps<Suggestion[]> {
  const parts = yield* listPartsInSteps(content);
  const variables = used ?? rendererFor(chooseRenderer(content)).compile(content).variables;
  return [
    ...(yield* checkVariables(content, parts, { used: variables, declared })),
    ...(yield* checkResponseFormat(content, parts)),
    ...(yield* checkInjection(content, parts)),
    ...(yield* checkPrefix(content, parts)),
    ...(yield* checkRepetition(content, parts)),
    ...(yield* checkSize(content, parts)),
  ];
}
