import { MAX_INT, PROMPT_NAME, PROMPT_NAME_RULE, ValidationError } from '../../../kernel/index.js';
import {
  MODEL_NAME,
  ModelNotFoundError,
  PROVIDER_ID,
  ROUTE_NAME,
  ROUTE_NAME_RULE,
  suggestNone,
} from '../../models/index.js';

/** The model, route or prompt that the `model` of a request names. */
export type AskedModel =
  | { readonly kind: 'model'; readonly id: string }
  | { readonly kind: 'route'; readonly name: string }
  /** A null `versionNumber` stands for the active version. */
  | { readonly kind: 'prompt'; readonly name: string; readonly versionNumber: number | null };

/** The prefix of a prompt's name, in the place of a provider. */
export const PROMPT_PREFIX = 'prompt/';
export const ROUTE_PREFIX = 'route/';

/**
 * Reads `provider/model_name`, `route/name`, `prompt/name` or `prompt/name@3`.
 * @param suggest returns the models that a malformed id may have meant.
 * @throws ValidationError `VALIDATION_FAILED` for an invalid name of a prompt or route.
 * @throws ModelNotFoundError `MODEL_NOT_FOUND` for an invalid model id, such as one without its provider, so that a program
 *   that still names its old model gets OpenAI's own error code.
 */
export function readAskedModel(id: string, suggest = suggestNone): AskedModel {
  if (id.startsWith(PROMPT_PREFIX)) return readPrompt(id.slice(PROMPT_PREFIX.length));
  if (id.startsWith(ROUTE_PREFIX)) {
    const name = id.slice(ROUTE_PREFIX.length);
    if (!ROUTE_NAME.test(name)) refuse(`names a route, whose name ${ROUTE_NAME_RULE}`);
    return { kind: 'route', name };
  }
  const slash = id.indexOf('/');
  if (slash > 0 && PROVIDER_ID.test(id.slice(0, slash)) && MODEL_NAME.test(id.slice(slash + 1))) {
    return { kind: 'model', id };
  }
  throw new ModelNotFoundError(id, suggest(id));
}

function readPrompt(text: string): AskedModel {
  // Names of prompts contain no @.
  const at = text.indexOf('@');
  const name = at === -1 ? text : text.slice(0, at);
  if (!PROMPT_NAME.test(name)) refuse(`names a prompt, whose name ${PROMPT_NAME_RULE}`);
  if (at === -1) return { kind: 'prompt', name, versionNumber: null };
  const number = text.slice(at + 1);
  const versionNumber = /^[1-9]\d{0,9}$/.test(number) ? Number(number) : Number.POSITIVE_INFINITY;
  if (versionNumber > MAX_INT) refuse('names a version, which is a number such as prompt/name@3');
  return { kind: 'prompt', name, versionNumber };
}

function refuse(message: string): never {
  throw new ValidationError('Correct the parts of the body that "errors" lists.', [
    { pointer: '/model', message },
  ]);
}
