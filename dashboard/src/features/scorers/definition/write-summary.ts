import type { ScorerKind } from '@prompt-ledger/client';
import { memberText } from '../../../api/json-text';

type Definition = Readonly<Record<string, unknown>>;

const MAX_CHARS = 300;

/** The order of members wherever a definition is shown; the long ones are last. */
const ORDER = [
  'check',
  'negate',
  'path',
  'prompt_name',
  'version_number',
  'prompt_checksum_hash',
  'model',
  'params',
  'labels',
  'min',
  'max',
  'threshold',
  'value',
  'source',
];

/** Describes a definition in one line. */
export function writeSummary(kind: ScorerKind, definition: Definition): string {
  return writeWords(kind, definition).replace(/\s+/g, ' ').trim().slice(0, MAX_CHARS);
}

function writeWords(kind: ScorerKind, definition: Definition): string {
  const text = (name: string) => memberText(definition, name);
  switch (kind) {
    case 'check':
      return `${definition['negate'] === true ? 'not ' : ''}${String(definition['check'])} ${text('value')}`;
    case 'code':
      return String(definition['source']);
    case 'judge':
      return `${String(definition['prompt_name'])} v${text('version_number')}`;
    case 'human':
      return writeScale(definition);
  }
}

/** Names the labels, or the range, that answers are judged with. */
export function writeScale(definition: Definition): string {
  const { labels } = definition;
  if (typeof labels === 'object' && labels !== null) return Object.keys(labels).join(', ');
  return `${memberText(definition, 'min') || '0'} to ${memberText(definition, 'max') || '1'}`;
}

/**
 * Returns the members in their order, as texts: a text as it is, anything else as JSON with its digits. The `value` of a check is always
 * JSON, because the text "1" is another value than the number 1.
 */
export function listMembers(definition: Definition): readonly (readonly [name: string, text: string])[] {
  const names = [...ORDER, ...Object.keys(definition).filter((name) => !ORDER.includes(name))];
  return names
    .filter((name) => definition[name] !== undefined && definition[name] !== null)
    .map((name) => {
      const value = definition[name];
      return [
        name,
        typeof value === 'string' && name !== 'value' ? value : memberText(definition, name),
      ] as const;
    });
}

/** Writes a definition as lines, so that two can be compared by word. */
export function writeLines(definition: Definition): string {
  return listMembers(definition)
    .map(([name, text]) => (text.includes('\n') ? `${name}:\n${text}` : `${name}: ${text}`))
    .join('\n');
}
