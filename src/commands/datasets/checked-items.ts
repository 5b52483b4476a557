import type { NewDatasetItem } from '../../../sdk/src/index.js';
import { CliError } from '../terminal/cli-error.js';

export interface LocatedItem {
  readonly item: NewDatasetItem;
  /** The first line of the item in its file. */
  readonly line: number;
}

/** The service's limit for a dataset. */
const MAX_ITEMS = 100_000;
const MEMBERS = ['external_id', 'variables', 'expected', 'metadata'];

/**
 * Finds what the service would refuse while its line is still known.
 * @throws CliError with file and line
 */
export async function* checkedItems(
  items: AsyncIterable<LocatedItem>,
  file: string,
): AsyncGenerator<LocatedItem> {
  const lines = new Map<string, number>();
  let count = 0;
  for await (const located of items) {
    const { item, line } = located;
    count += 1;
    const fault = count > MAX_ITEMS ? `there are more than ${MAX_ITEMS} items` : findFault(item, lines);
    if (fault !== null) throw new CliError(`${file}:${line}: ${fault}; nothing was changed.`);
    if (typeof item.external_id === 'string') lines.set(item.external_id, line);
    yield located;
  }
}

function findFault(item: NewDatasetItem, lines: ReadonlyMap<string, number>): string | null {
  const unknown = Object.keys(item).find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) return `${JSON.stringify(unknown)} is not a member of an item`;
  if (!isObject(item.variables)) return 'an item needs "variables", a JSON object';
  if (item.metadata != null && !isObject(item.metadata)) return '"metadata" must be a JSON object';
  const { external_id: id } = item;
  if (id == null) return null;
  if (typeof id !== 'string' || id === '' || [...id].length > 255)
    return '"external_id" must be a text of 1 to 255 characters';
  const before = lines.get(id);
  return before === undefined ? null : `the external_id ${JSON.stringify(id)} is on line ${before} too`;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
