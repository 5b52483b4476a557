import { createHash } from 'node:crypto';

const KEY_BYTES = 32;
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[\w+/-]{43}=?$/;

/** A key that wraps the keys of secrets. */
export interface WrappingKey {
  /** Says which key has wrapped something; nothing of the key can be told from it. */
  readonly id: string;
  readonly bytes: Buffer;
}

export interface SecretsKeys {
  /** Wraps what is new; null where none is configured. */
  readonly current: WrappingKey | null;
  /** All that may unwrap, the current one among them. */
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
 * All have been checked.
 * @param kept that of the data folder: the current one where the environment has none, and a former one where it has.
 * @param previous further keys, separated by commas.
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

/** A comma at the end says nothing. */
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
