import { paramsOfTexts } from './variants/params';
import type { RunRequest } from './variants/run-store';
import {
  contentOfVariant,
  isUnchanged,
  modelOfText,
  type Variant,
  variablesOfText,
} from './variants/variant';

/** The environment of playground runs, which are otherwise ordinary executions. */
const ENVIRONMENT = 'playground';

/**
 * Builds the request of a variant. An unchanged one runs as its version, so that its lineage, the budgets of its prompt and its counts are
 * right.
 * @param shared JSON of the shared variables.
 * @throws Unusable for a variant that cannot be sent.
 */
export function requestOfVariant(variant: Variant, shared: string): RunRequest {
  const common = {
    variables: variablesOfText(variant.variables ?? shared),
    model: modelOfText(variant.model),
    params: paramsOfTexts(variant.params),
    environment: ENVIRONMENT,
  };
  if (variant.origin !== null && isUnchanged(variant)) {
    return { ...common, prompt_name: variant.origin.prompt, version_number: variant.origin.version };
  }
  return { ...common, content: contentOfVariant(variant) };
}
