import { type ExactJson, ExactNumber, parseExact } from '../../../kernel/index.js';
import { parsePath } from '../checks/json-path.js';
import { readPicoUsd } from '../checks/read-pico-usd.js';
import type { DefinitionReader } from './definition-reader.js';
import type { CheckName } from '../scorer-definition.js';

/** Maximum length of a regular expression. */
const MAX_PATTERN_CHARS = 1000;
const MAX_PATH_CHARS = 1000;

/** Checks of the execution instead of a part of its answer. */
const WITHOUT_PATH: readonly CheckName[] = ['tool_called', 'max_latency_ms', 'max_cost_usd'];

const isText = (value: ExactJson) => typeof value === 'string' && value !== '';
const isObject = (value: ExactJson) => value instanceof Map;

/** The form of `value` for each check, as a description and as a rule; null for a check that compares with nothing. */
const VALUES: Readonly<
  Record<CheckName, { readonly words: string; readonly isAllowed: (value: ExactJson) => boolean } | null>
> = {
  equals: { words: 'must be JSON', isAllowed: () => true },
  contains: {
    words: 'must not be an empty text, which every answer contains',
    isAllowed: (value) => value !== '',
  },
  starts_with: {
    words: 'must be a text of at least one character',
    isAllowed: isText,
  },
  regex: {
    words: `must be a pattern of 1 to ${MAX_PATTERN_CHARS} characters`,
    isAllowed: (value) => isText(value) && (value as string).length <= MAX_PATTERN_CHARS,
  },
  json_valid: null,
  json_schema: {
    words: 'must be a JSON Schema: an object, true or false',
    isAllowed: (value) => isObject(value) || typeof value === 'boolean',
  },
  levenshtein: { words: 'must be a text', isAllowed: (value) => typeof value === 'string' },
  tool_called: {
    words: 'must be the name of a tool, or a list of names',
    isAllowed: (value) =>
      isText(value) || (Array.isArray(value) && value.length > 0 && (value as ExactJson[]).every(isText)),
  },
  max_latency_ms: { words: 'must be a number of milliseconds, 0 or more', isAllowed: isNotNegative },
  max_cost_usd: {
    words: 'must be an amount of US dollars, 0 or more, with at most 12 decimals',
    isAllowed: (value) => readPicoUsd(value) !== null,
  },
  is_refusal: null,
};

/** @param valueJson null when left out. */
export function readCheckMembers(
  reader: DefinitionReader,
  valueJson: string | null,
): Readonly<Record<string, unknown>> {
  reader.require('check');
  const check = reader.member('check');
  if (check !== undefined) {
    assertValue(reader, check, valueJson);
    assertPath(reader, check);
  }
  return {
    check,
    path: reader.member('path'),
    // The default is stored as if the member was left out, so that both have the same checksum.
    negate: reader.member('negate') === true ? true : undefined,
    threshold: reader.readThreshold(0, 1),
  };
}

function assertValue(reader: DefinitionReader, check: CheckName, valueJson: string | null): void {
  const rule = VALUES[check];
  if (valueJson === null) {
    if (check === 'json_schema') reader.report('value', 'is required: the JSON Schema');
    return;
  }
  if (rule === null) reader.report('value', `cannot be used with the check ${check}`);
  else if (!rule.isAllowed(parseExact(valueJson))) reader.report('value', rule.words);
}

function assertPath(reader: DefinitionReader, check: CheckName): void {
  const path = reader.member('path');
  if (path === undefined) return;
  if (WITHOUT_PATH.includes(check)) reader.report('path', `cannot be used with the check ${check}`);
  else if (path.length > MAX_PATH_CHARS || parsePath(path) === null) {
    reader.report('path', 'must be a JSON pointer such as /a/0, or a path such as a[0].b');
  }
}

function isNotNegative(value: ExactJson): boolean {
  if (typeof value === 'number') return value >= 0;
  return value instanceof ExactNumber && value.value >= 0 && Number.isFinite(value.value);
}
