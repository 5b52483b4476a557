import { parseJson as parseKept } from '../../../src/kernel/json/kept-json';
import { JsonScanner } from '../../../src/kernel/json/reading/json-scanner';
import { LedgerError } from '../../../src/kernel/ledger-error';
import { ServiceProblem } from './service-problem';

const MAX_DEPTH = 60;

/**
 * Reads JSON as strictly as the service does. The value keeps its digits and the order of its keys when the client sends it.
 * @throws ServiceProblem `VALIDATION_FAILED`, with line and column
 */
export function parseJson(text: string): unknown {
  try {
    new JsonScanner(text, MAX_DEPTH).scan();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const [fault] = error.errors ?? [];
    const where = fault === undefined || fault.pointer === '' ? '' : `${fault.pointer} `;
    throw new ServiceProblem(error.code, `${where}${fault?.message ?? error.message}`);
  }
  return parseKept(text);
}

/** @throws ServiceProblem `VALIDATION_FAILED` unless the text is a JSON object */
export function parseJsonObject(text: string, what: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new ServiceProblem('VALIDATION_FAILED', `${what} must be a JSON object, such as {"name": "Ada"}.`);
}
