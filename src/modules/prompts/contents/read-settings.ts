import { ValidationError, writeJson } from '../../../kernel/index.js';

/** Enough for settings, which are a handful of names and numbers. */
const MAX_BYTES = 32_768;

/**
 * @returns the settings as JSON text; undefined if left out, null to remove them.
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
