import type { CodePlace } from '../code-prompt.js';
import { OTHER, type StaticMember, type StaticValue } from './static-values.js';
import { type EnumNode, type Expression, isIgnored, readName } from './syntax.js';

type EnumMember = EnumNode['members'][number];

export interface EnumReader {
  readonly placeOf: (node: EnumMember) => CodePlace;
  /** @param names the names that may be used besides those of the file: the earlier members */
  readonly read: (expression: Expression, names: ReadonlyMap<string, StaticMember>) => StaticValue;
}

/** Reads the members of an enum. Those without a value are numbers, not text. */
export function readEnum(node: EnumNode, { placeOf, read }: EnumReader): StaticValue {
  const members = new Map<string, StaticMember>();
  const named = new Map<string, StaticMember>();
  for (const member of node.members) {
    const { initializer } = member;
    const found: StaticMember = {
      ...placeOf(member),
      value: () => (initializer == null ? OTHER : read(initializer, named)),
    };
    named.set(readName(member.id), found);
    if (!isIgnored(member)) members.set(readName(member.id), found);
  }
  return { kind: 'object', members };
}
