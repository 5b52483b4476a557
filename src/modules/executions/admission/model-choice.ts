import { type ErrorEntry, ValidationError } from '../../../kernel/index.js';
import {
  describeSuggestions,
  MODEL_NAME,
  MODEL_NAME_RULE,
  PROVIDER_ID,
  PROVIDER_ID_RULE,
  ROUTE_NAME,
  ROUTE_NAME_RULE,
  suggestNone,
  type SuggestModels,
} from '../../models/index.js';

export interface ModelName {
  readonly provider: string;
  readonly modelName: string;
}

/** The model of a request: one, several in order, or a route by its name. */
export type ModelChoice =
  | { readonly kind: 'models'; readonly models: readonly [ModelName, ...ModelName[]] }
  | { readonly kind: 'route'; readonly name: string };

/** The time of one request does not suffice for more fallbacks than this. */
export const MAX_MODELS = 16;

/**
 * Reads `model` of a request: `{"provider","model_name"}` or `"provider/model_name"`, a list of these, or `{"route"}`.
 * @param suggest returns the models that a malformed id may have meant.
 * @throws ValidationError `VALIDATION_FAILED` with a pointer for each fault.
 */
export function readModelChoice(value: unknown, pointer = '/model', suggest = suggestNone): ModelChoice {
  const errors: ErrorEntry[] = [];
  const report = (at: string, message: string) => void errors.push({ pointer: `${pointer}${at}`, message });
  const choice = readAny(value, report, suggest);
  if (errors.length === 0 && choice !== null) return choice;
  throw new ValidationError('Correct the parts of the body that "errors" lists.', errors);
}

type Report = (at: string, message: string) => void;

function readAny(value: unknown, report: Report, suggest: SuggestModels): ModelChoice | null {
  if (isObject(value) && value['route'] !== undefined) return readRoute(value, report);
  if (!Array.isArray(value)) {
    const model = readModel(value, '', report, suggest);
    return model === null ? null : { kind: 'models', models: [model] };
  }
  if (value.length === 0 || value.length > MAX_MODELS) {
    report('', `must have 1 to ${MAX_MODELS} models`);
    return null;
  }
  const models = value.map((each, index) => readModel(each, `/${index}`, report, suggest));
  const seen = new Set<string>();
  for (const [index, model] of models.entries()) {
    if (model === null) return null;
    const key = `${model.provider} ${model.modelName}`;
    if (seen.has(key)) report(`/${index}`, `is "${model.provider}/${model.modelName}" again`);
    seen.add(key);
  }
  return { kind: 'models', models: models as [ModelName, ...ModelName[]] };
}

function readRoute(value: Readonly<Record<string, unknown>>, report: Report): ModelChoice | null {
  const { route, ...others } = value;
  for (const name of Object.keys(others)) report(`/${escaped(name)}`, 'cannot be used with a route');
  if (typeof route === 'string' && ROUTE_NAME.test(route)) return { kind: 'route', name: route };
  report('/route', ROUTE_NAME_RULE);
  return null;
}

function readModel(value: unknown, at: string, report: Report, suggest: SuggestModels): ModelName | null {
  if (typeof value === 'string') return readId(value, at, report, suggest);
  if (!isObject(value)) {
    report(at, 'must be a model, a list of models, or a route');
    return null;
  }
  const { provider, model_name: modelName, ...others } = value;
  for (const name of Object.keys(others)) report(`${at}/${escaped(name)}`, 'is not a known field');
  const isProvider = typeof provider === 'string' && provider.length >= 1 && provider.length <= 64;
  if (!isProvider) report(`${at}/provider`, 'must be a text of 1 to 64 characters');
  const isModelName = typeof modelName === 'string' && modelName.length >= 1 && modelName.length <= 200;
  if (!isModelName) report(`${at}/model_name`, 'must be a text of 1 to 200 characters');
  return isProvider && isModelName ? { provider, modelName } : null;
}

/** Reads an id as `GET /v1/models` lists it. */
function readId(id: string, at: string, report: Report, suggest: SuggestModels): ModelName | null {
  const slash = id.indexOf('/');
  const [provider, modelName] = [id.slice(0, slash), id.slice(slash + 1)];
  if (slash > 0 && PROVIDER_ID.test(provider) && MODEL_NAME.test(modelName)) return { provider, modelName };
  report(
    at,
    `must look like provider/model_name: the first ${PROVIDER_ID_RULE}, the second ${MODEL_NAME_RULE}.${describeSuggestions(suggest(id))}`,
  );
  return null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
