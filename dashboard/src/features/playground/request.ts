import { paramsOfTexts } from './variants/params';
import type { RunRequest } from './variants/run-store';
import {
  contentOfVariant,
  isUnchanged,
  modelOfText,
  type Variant,
  variablesOfText,
} from './variants/variant';

/** Runs of the playground are executions like any other; this is the label that they have. */
const ENVIRONMENT = 'playground';

/**
 * An unchanged variant runs as its version, so that its lineage, the budgets of its prompt and its counts are right.
 * @param shared JSON of the variables of all.
 * @throws Unusable for what cannot be sent.
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
