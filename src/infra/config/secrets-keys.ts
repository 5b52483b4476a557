import { createHash } from 'node:crypto';

const KEY_BYTES = 32;
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[\w+/-]{43}=?$/;

/** A key that wraps the keys of secrets. */
export interface WrappingKey {
  /** Identifies the key that wrapped something without revealing anything about the key. */
  readonly id: string;
  readonly bytes: Buffer;
}

export interface SecretsKeys {
  /** Wraps new keys. Null when no key is configured. */
  readonly current: WrappingKey | null;
  /** All keys that may unwrap, including the current one. */
  readonly all: readonly WrappingKey[];
}

/** @returns null for a text that is not 32 bytes in hex or base64. */
export function parseWrappingKey(text: string): WrappingKey | null {
  const bytes = decode(text.trim());
  if (bytes === null) return null;
  const id = createHash('sha256')
    .update('prompt-ledger secrets key\0')
    .update(bytes)
    .digest('hex')
    .slice(0, 16);
  return { id, bytes };
}

/**
 * Reads keys that have already been validated.
 * @param kept the data folder's key: current when the environment has none, otherwise kept for unwrapping.
 * @param previous more keys, separated by commas.
 */
export function readSecretsKeys(
  current: string | null,
  kept: string | null,
  previous: string | null,
): SecretsKeys {
  const own = current ?? kept;
  const texts = [own, kept, ...splitList(previous ?? '')];
  const all = new Map<string, WrappingKey>();
  for (const text of texts) {
    const key = text === null ? null : parseWrappingKey(text);
    if (key !== null) all.set(key.id, key);
  }
  return { current: own === null ? null : parseWrappingKey(own), all: [...all.values()] };
}

/** Ignores empty items, such as after a trailing comma. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function decode(text: string): Buffer | null {
  if (HEX.test(text)) return Buffer.from(text, 'hex');
  if (!BASE64.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === KEY_BYTES ? bytes : null;
}
