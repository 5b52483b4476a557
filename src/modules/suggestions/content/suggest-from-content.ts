import type { PromptContent } from '../../../templating/index.js';
import type { Suggestion } from '../suggestion.js';
import { checkInjection } from './check-injection.js';
import { checkPrefix } from './check-prefix.js';
import { checkRepetition } from './check-repetition.js';
import { checkResponseFormat } from './check-response-format.js';
import { checkSize } from './check-size.js';
import { checkVariables } from './check-variables.js';

/**
 * What can be said about a version without any execution of it.
 *
 * @param content one that was stored, so that its templates parse.
 * @param declared the variables that callers are known to send; null where that is not known.
 */
export function suggestFromContent(
  content: PromptContent,
  { declared = null }: { readonly declared?: readonly string[] | null } = {},
): Suggestion[] {
  return [
    ...checkVariables(content, declared),
    ...checkResponseFormat(content),
    ...checkInjection(content),
    ...checkPrefix(content),
    ...checkRepetition(content),
    ...checkSize(content),
  ];
}
