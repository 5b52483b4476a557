import { ValidationError, writeJson } from '../../../kernel/index.js';

/** Settings are a handful of names and numbers. */
const MAX_BYTES = 32_768;

/**
 * @returns the JSON text of what was sent; undefined where it was left out.
 * @throws ValidationError `VALIDATION_FAILED` for settings of more than 32 KiB.
 */
export function readSettings(
  settings: Readonly<Record<string, unknown>> | null | undefined,
): string | null | undefined {
  if (settings === undefined || settings === null) return settings;
  const text = writeJson(settings);
  if (Buffer.byteLength(text) <= MAX_BYTES) return text;
  throw new ValidationError('Send settings of at most 32 KiB.', [
    { pointer: '/settings', message: `must have at most ${MAX_BYTES} bytes` },
  ]);
}
