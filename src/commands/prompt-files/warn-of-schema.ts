import type { SchemaWarning } from '../../../sdk/src/index.js';
import { warn } from '../terminal/output.js';

/**
 * Prints on standard error what vendors will refuse. The command does not fail.
 * @param where names the prompt, for example by its file and line; null where there is only one.
 */
export function warnOfSchema(warnings: readonly SchemaWarning[], where: string | null = null): void {
  for (const { pointer, vendors, message } of warnings) {
    const place = where === null ? '' : `${where} `;
    warn(`${place}${pointer} ${message}${vendors.length === 0 ? '' : ` (${vendors.join(', ')})`}`);
  }
}
