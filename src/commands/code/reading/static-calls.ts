import type { StaticMember, StaticValue } from './static-values.js';

/** The results of a few calls on known values. Each function returns null where only running the code would tell. */

/** Evaluates `new Map(entries)` and `Object.fromEntries(entries)`: pairs of a key and a value, or a Map. */
export function makeMap(entries: StaticValue): StaticValue | null {
  if (entries.kind === 'object') return entries;
  if (entries.kind !== 'list') return null;
  const members = new Map<string, StaticMember>();
  for (const { value, file, line } of entries.items) {
    const pair = value();
    const [key, member, ...more] = pair.kind === 'list' ? pair.items : [];
    const name = key === undefined ? null : readKey(key.value());
    if (name === null || member === undefined || more.length > 0) return null;
    members.set(name, { file, line, value: member.value });
  }
  return { kind: 'object', members };
}

function readKey(value: StaticValue): string | null {
  if (value.kind === 'text') return value.text;
  return value.kind === 'number' ? String(value.number) : null;
}

/** Evaluates `Object.entries(…)` and `Object.values(…)`. */
export function makeList(value: StaticValue, path: string): StaticValue | null {
  if (value.kind === 'list') return path === 'Object.values' ? value : null;
  if (value.kind !== 'object') return null;
  const items = [...value.members].map(([key, member]): StaticMember => {
    if (path === 'Object.values') return member;
    const name: StaticMember = { ...member, value: () => ({ kind: 'text', text: key }) };
    return { ...member, value: () => ({ kind: 'list', items: [name, member] }) };
  });
  return { kind: 'list', items };
}

/** Evaluates `Object.assign(…)`: later members win. */
export function mergeObjects(values: readonly StaticValue[]): StaticValue | null {
  const members = new Map<string, StaticMember>();
  for (const value of values) {
    if (value.kind !== 'object') return null;
    value.members.forEach((member, key) => members.set(key, member));
  }
  return { kind: 'object', members };
}

/** Evaluates `[…].join(separator)`. */
export function joinTexts(items: readonly StaticMember[], separator: string): string | null {
  const texts = items.map(({ value }) => readKey(value()));
  return texts.includes(null) ? null : texts.join(separator);
}

/** Evaluates methods of texts whose result follows from the texts alone, on every machine. */
export function readTextMethod(method: string, text: string, args: readonly string[]): string | null {
  switch (method) {
    case 'trim':
      return text.trim();
    case 'trimStart':
      return text.trimStart();
    case 'trimEnd':
      return text.trimEnd();
    case 'concat':
      return text.concat(...args);
    case 'toString':
    case 'valueOf':
      return text;
    default:
      return null;
  }
}
