import type { CheckName } from '@prompt-ledger/client';

/** The operand of a check: the expected answer of an item, a text, or JSON. */
export type Operand = 'expected' | 'text' | 'json';

interface Check {
  /** The words after "The answer …". */
  readonly title: string;
  /** The operands that it takes; the first one is the default. Empty for a check that compares with nothing. */
  readonly operands: readonly Operand[];
  /** Whether it can read a part of the answer. */
  readonly hasPath: boolean;
}

/** The checks, in the order in which they are offered. */
export const CHECKS: Readonly<Record<CheckName, Check>> = {
  contains: { title: 'contains', operands: ['text', 'json', 'expected'], hasPath: true },
  equals: { title: 'equals', operands: ['expected', 'text', 'json'], hasPath: true },
  starts_with: { title: 'starts with', operands: ['text', 'expected'], hasPath: true },
  regex: { title: 'matches a pattern', operands: ['text', 'expected'], hasPath: true },
  json_valid: { title: 'is JSON', operands: [], hasPath: true },
  json_schema: { title: 'fits a JSON Schema', operands: ['json'], hasPath: true },
  levenshtein: { title: 'is similar to', operands: ['expected', 'text'], hasPath: true },
  tool_called: { title: 'calls a tool', operands: ['text', 'json', 'expected'], hasPath: false },
  max_latency_ms: { title: 'took at most', operands: ['json', 'expected'], hasPath: false },
  max_cost_usd: { title: 'cost at most', operands: ['text', 'json', 'expected'], hasPath: false },
  is_refusal: { title: 'refuses', operands: [], hasPath: true },
};

export const CHECK_NAMES = Object.keys(CHECKS) as readonly CheckName[];
