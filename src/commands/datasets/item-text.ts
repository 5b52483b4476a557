import type { DatasetItem } from '../../../sdk/src/index.js';
import { JsonSource, writeJson } from '../../kernel/index.js';

export const MEMBERS = ['external_id', 'variables', 'expected', 'metadata'] as const;

/** Returns the JSON of an item's content, each member as it was sent, without the members that the ledger adds. */
export function contentText(item: DatasetItem): string {
  const source = new JsonSource(writeJson(item));
  const members = MEMBERS.flatMap((member) => {
    const text = source.find([member]);
    return text === null ? [] : [`"${member}":${text}`];
  });
  return `{${members.join(',')}}`;
}
