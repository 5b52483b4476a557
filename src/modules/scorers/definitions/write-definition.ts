import { createHash } from 'node:crypto';
import type { ScorerKind } from '../../../entities/index.js';
import { layOutJson, parseJson, writeJson } from '../../../kernel/index.js';
import { canonicalJson } from '../../../templating/index.js';
import { parseDefinition } from './parse-definition.js';
import type { ScorerDefinition } from '../scorer-definition.js';

const DOMAIN = 'prompt-ledger/scorer/1';

/** A valid definition before it is stored. */
export interface DefinitionDraft {
  readonly kind: ScorerKind;
  /** The members of the definition, by the names of the API; undefined if left out. */
  readonly members: Readonly<Record<string, unknown>>;
  /** The JSON text of `value`; null when left out. */
  readonly valueJson: string | null;
}

export interface WrittenDefinition {
  /** Compact JSON, with the numbers in `value` as sent. */
  readonly json: string;
  readonly checksumHash: string;
  readonly definition: ScorerDefinition;
}

/** Computes the checksum as the SHA-256 of `["prompt-ledger/scorer/1",{"kind",…}]` as RFC 8785 JSON, with the numbers in `value` as sent. */
export function writeDefinition({ kind, members, valueJson }: DefinitionDraft): WrittenDefinition {
  const value = valueJson === null ? [] : [`"value":${layOutJson(valueJson)}`];
  const others = Object.entries(members)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`);
  const json = `{${[...others, ...value].join(',')}}`;
  const hashed = parseJson(`{${[`"kind":"${kind}"`, ...others, ...value].join(',')}}`);
  const checksumHash = createHash('sha256')
    .update(canonicalJson([DOMAIN, hashed]))
    .digest('hex');
  return { json, checksumHash, definition: parseDefinition(kind, json) };
}
