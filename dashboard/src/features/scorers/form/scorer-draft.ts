import type { CheckName, PutScorerRequest, ScorerKind } from '@prompt-ledger/client';
import { compactJson, memberText, readJson } from '../../../api/json-text';
import { parseJson } from '../../../api/parse-json';
import { ServiceProblem } from '../../../api/service-problem';
import { CHECKS, type Operand } from './checks';

/** A label in the form. */
export interface LabelDraft {
  readonly label: string;
  readonly passes: boolean;
}

/** A scorer as typed. It has the fields of every kind, so that another kind or check loses nothing. */
export interface ScorerDraft {
  readonly kind: ScorerKind;
  readonly check: CheckName;
  readonly operand: Operand;
  readonly text: string;
  readonly json: string;
  readonly path: string;
  readonly negate: boolean;
  readonly source: string;
  readonly prompt: string;
  readonly version: string;
  readonly model: string;
  readonly params: string;
  readonly scale: 'labels' | 'range';
  readonly labels: readonly LabelDraft[];
  readonly min: string;
  readonly max: string;
  readonly threshold: string;
}

const EXAMPLE = `({ variables, expected, response_text, tool_calls, telemetry }) => {
  const words = response_text.split(/\\s+/).length;
  return { value: words <= 50 ? 1 : 0, explanation: \`\${words} words\` };
}
`;

export const NEW_SCORER: ScorerDraft = {
  kind: 'check',
  check: 'contains',
  operand: 'text',
  text: '',
  json: '',
  path: '',
  negate: false,
  source: EXAMPLE,
  prompt: '',
  version: '',
  model: '',
  params: '',
  scale: 'labels',
  labels: [
    { label: 'good', passes: true },
    { label: 'bad', passes: false },
  ],
  min: '',
  max: '',
  threshold: '',
};

/** Writes an existing definition as a draft. Numbers and JSON keep their digits. */
export function toDraft(kind: ScorerKind, definition: Readonly<Record<string, unknown>>): ScorerDraft {
  const text = (name: string) => memberText(definition, name);
  const word = (name: string) => (typeof definition[name] === 'string' ? definition[name] : '');
  const { value, labels, model } = definition as {
    value?: unknown;
    labels?: object | null;
    model?: { provider: string; model_name: string };
  };
  const isText = typeof value === 'string';
  return {
    ...NEW_SCORER,
    kind,
    check: (definition['check'] as CheckName | undefined) ?? NEW_SCORER.check,
    operand: text('value') === '' ? 'expected' : isText ? 'text' : 'json',
    text: isText ? value : '',
    json: isText ? '' : text('value'),
    path: word('path'),
    negate: definition['negate'] === true,
    source: kind === 'code' ? word('source') : EXAMPLE,
    prompt: word('prompt_name'),
    version: text('version_number'),
    model: model === undefined ? '' : `${model.provider}/${model.model_name}`,
    params: text('params') === '{}' ? '' : text('params'),
    scale: labels == null ? 'range' : 'labels',
    labels: labels == null ? NEW_SCORER.labels : readLabels(labels),
    min: text('min'),
    max: text('max'),
    threshold: text('threshold'),
  };
}

/** Returns what the check compares with; null for a check that compares with nothing. */
export function operandOf({ check, operand }: ScorerDraft): Operand | null {
  const { operands } = CHECKS[check];
  return operands.includes(operand) ? operand : (operands[0] ?? null);
}

/**
 * Reads the definition, with the members of its kind only.
 * @throws ServiceProblem `VALIDATION_FAILED` for a text that is not JSON, and for a label that is there twice
 */
export function readDraft(draft: ScorerDraft): PutScorerRequest {
  const members = [member('kind', draft.kind), ...readMembers(draft)].filter((text) => text !== null);
  return parseJson(`{${members.join(',')}}`) as PutScorerRequest;
}

/** Whether everything required was filled in. */
export function isComplete(draft: ScorerDraft): boolean {
  switch (draft.kind) {
    case 'check': {
      const operand = operandOf(draft);
      return operand === 'text' ? draft.text !== '' : operand !== 'json' || draft.json.trim() !== '';
    }
    case 'code':
      return draft.source.trim() !== '';
    case 'judge':
      return draft.prompt.trim() !== '';
    case 'human':
      return draft.scale === 'labels' || (draft.min !== '' && draft.max !== '');
  }
}

function readMembers(draft: ScorerDraft): readonly (string | null)[] {
  const threshold = number('threshold', draft.threshold);
  switch (draft.kind) {
    case 'check':
      return [...readCheck(draft), threshold];
    case 'code':
      return [member('source', draft.source), threshold];
    case 'judge':
      return [
        member('prompt_name', draft.prompt.trim()),
        number('version_number', draft.version),
        draft.model.trim() === '' ? null : member('model', draft.model.trim()),
        json('params', draft.params),
        ...readScale(draft),
      ];
    case 'human':
      return readScale(draft);
  }
}

function readCheck(draft: ScorerDraft): readonly (string | null)[] {
  const { check, text, path, negate } = draft;
  const operand = operandOf(draft);
  return [
    member('check', check),
    operand === 'text' ? member('value', text) : operand === 'json' ? json('value', draft.json) : null,
    CHECKS[check].hasPath && path !== '' ? member('path', path) : null,
    negate ? member('negate', true) : null,
  ];
}

function readScale({ scale, labels, min, max, threshold }: ScorerDraft): readonly (string | null)[] {
  if (scale === 'range') return [number('min', min), number('max', max), number('threshold', threshold)];
  // Written as text, because an object would move labels such as "10" to the front.
  const entries = labels
    .filter(({ label }) => label.trim() !== '')
    .map(({ label, passes }) => `${JSON.stringify(label)}:${passes}`);
  return [`"labels":{${entries.join(',')}}`];
}

function readLabels(labels: object): readonly LabelDraft[] {
  const pairs = compactJson(labels).matchAll(/("(?:[^"\\]|\\.)*"):(true|false)/g);
  return [...pairs].map(([, label, passes]) => ({
    label: JSON.parse(label ?? '""') as string,
    passes: passes === 'true',
  }));
}

function member(name: string, value: string | boolean): string {
  return `"${name}":${JSON.stringify(value)}`;
}

/** @returns null for an empty text, which means no value. */
function number(name: string, typed: string): string | null {
  const text = typed.trim();
  if (text === '') return null;
  if (typeof readJson(text) === 'number') return `"${name}":${text}`;
  // A browser also takes `.5`, which is not JSON.
  const value = Number(text);
  if (Number.isFinite(value)) return `"${name}":${value}`;
  throw new ServiceProblem('VALIDATION_FAILED', `/${name} must be a number such as 0.5.`);
}

/** @throws ServiceProblem `VALIDATION_FAILED` with the line and column in this text */
function json(name: string, text: string): string | null {
  if (text.trim() === '') return null;
  parseJson(text);
  return `"${name}":${text}`;
}
