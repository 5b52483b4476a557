import { ValidateBy } from 'class-validator';

/** A caller's own key-value pairs: at most 16, with keys of 1 to 64 characters and values of at most 512. */
export type ExecutionMetadata = Readonly<Record<string, string>>;

export const MAX_PAIRS = 16;
const MAX_KEY_CHARS = 64;
export const MAX_VALUE_CHARS = 512;
/** The number of characters of an overlong key that an error repeats. */
const SHOWN_KEY_CHARS = 20;

/** The property is an {@link ExecutionMetadata}. Add `@IsOptional()`. */
export function IsMetadata(): PropertyDecorator {
  return ValidateBy({
    name: 'isMetadata',
    validator: {
      validate: (value) => findMetadataFault(value) === null,
      defaultMessage: (args) => findMetadataFault(args?.value) ?? '',
    },
  });
}

/** The property holds pairs to find executions by, as sent in a query. Add `@DeepObject()` and `@IsOptional()`. */
export function IsMetadataFilter(): PropertyDecorator {
  return ValidateBy({
    name: 'isMetadataFilter',
    validator: {
      validate: (value) => findFilterFault(value) === null,
      defaultMessage: (args) => findFilterFault(args?.value) ?? '',
    },
  });
}

/** Treats an empty object as none. */
export function metadataOrNull(metadata: ExecutionMetadata | null | undefined): ExecutionMetadata | null {
  if (metadata === null || metadata === undefined) return null;
  return Object.keys(metadata).length === 0 ? null : metadata;
}

/** @returns the fault as a phrase whose subject is the value; null for a valid value. */
function findMetadataFault(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'must be an object of texts';
  const pairs = Object.entries(value) as [string, unknown][];
  if (pairs.length > MAX_PAIRS) return `must have at most ${MAX_PAIRS} members, and has ${pairs.length}`;
  for (const [key, text] of pairs) {
    if (key === '') return 'must not have an empty key';
    if (!hasAtMost(key, MAX_KEY_CHARS)) {
      return `must have keys of at most ${MAX_KEY_CHARS} characters; ${shown(key)} is longer`;
    }
    if (typeof text !== 'string') return `must be an object of texts; the value of ${shown(key)} is none`;
    if (!hasAtMost(text, MAX_VALUE_CHARS)) {
      return `must have values of at most ${MAX_VALUE_CHARS} characters; that of ${shown(key)} is longer`;
    }
  }
  return null;
}

function findFilterFault(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'must name its key, as in metadata[user]=4711';
  for (const [key, text] of Object.entries(value) as [string, unknown][]) {
    if (Array.isArray(text)) return `must name each key once; ${shown(key)} is there ${text.length} times`;
    // The texts of a body were checked for it as they were read, but those of a query were not.
    if (key.includes('\0') || String(text).includes('\0')) return 'holds a NUL character';
  }
  return findMetadataFault(value);
}

/** Counts characters rather than UTF-16 units. */
function hasAtMost(text: string, most: number): boolean {
  if (text.length <= most) return true;
  // A character has two units at most.
  return text.length <= 2 * most && [...text].length <= most;
}

function shown(key: string): string {
  const start = [...key.slice(0, 2 * SHOWN_KEY_CHARS)].slice(0, SHOWN_KEY_CHARS).join('');
  return JSON.stringify(start.length < key.length ? `${start}…` : key);
}
