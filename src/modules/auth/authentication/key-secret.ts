import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BITS = 256;
/** The fewest base62 digits that hold 256 bits: 62^43 > 2^256. */
const SECRET_LENGTH = 43;
const KEY = /^pl_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_([0-9A-Za-z]{43})$/;

/** A key as its owner sends it: `pl_<key id>_<secret>`. The id finds the row, and the secret authenticates it. */
export interface ParsedKey {
  readonly keyId: string;
  readonly secret: string;
}

/** Returns 256 random bits in base62, 43 characters. */
export function newSecret(): string {
  let rest = BigInt(`0x${randomBytes(SECRET_BITS / 8).toString('hex')}`);
  let digits = '';
  for (let place = 0; place < SECRET_LENGTH; place += 1) {
    digits = ALPHABET.charAt(Number(rest % 62n)) + digits;
    rest /= 62n;
  }
  return digits;
}

export function formatKey(key: ParsedKey): string {
  return `pl_${key.keyId}_${key.secret}`;
}

/** @returns null for anything not in the format of a key. */
export function parseKey(text: string): ParsedKey | null {
  const match = KEY.exec(text);
  return match === null ? null : { keyId: match[1] as string, secret: match[2] as string };
}

/** The position of the id in a key. */
const KEY_ID_START = 'pl_'.length;
const KEY_ID_END = KEY_ID_START + 36;

/** Returns the key id of a text that is known to be a key. For any other text, the result is not an id. */
export function readKeyId(text: string): string {
  return text.slice(KEY_ID_START, KEY_ID_END);
}

/** Returns the SHA-256. It lets texts of any length be compared without a timing leak. */
export function digestText(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/** Compares in constant time. */
export function isSameDigest(one: Buffer, other: Buffer): boolean {
  return timingSafeEqual(one, other);
}
