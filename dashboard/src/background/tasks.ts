import type { ChatMessage } from '@prompt-ledger/client';
import { readJson, readJsonObject } from '../api/json-text';
import { type Compiled, compile, listSnippets, type SnippetPin } from '../api/templating';
import { compareWords, type DiffPart } from './compare-words';

/** The facts about a content that need no variables. */
export interface CompiledFacts {
  readonly variables: readonly string[];
  readonly checksumHash: string;
}

type WireContent = Parameters<typeof compile>[0];

/** The playground shows this many variants side by side, each of which compiles its content with every key. */
const KEPT = 4;
/** The latest compiled contents, because a compiled content is usually rendered next. */
const kept = new Map<string, Compiled>();

/**
 * The work that takes too long for the main thread. Inputs are texts, so that an unchanged request is recognized by
 * comparing texts, and JSON content keeps its digits.
 */
export const TASKS = {
  /** @throws PromptLedgerError `TEMPLATE_INVALID` */
  compile([content]: readonly [content: string]): CompiledFacts {
    const { variables, checksumHash } = compiled(content);
    return { variables, checksumHash };
  },

  /** Lists the snippets that a content names; null for none. @throws PromptLedgerError `TEMPLATE_INVALID` */
  listSnippets([content]: readonly [content: string]): readonly SnippetPin[] | null {
    return listSnippets(readJson(content) as WireContent);
  },

  /**
   * Returns the variable names of several contents, each once. A content that does not parse has none.
   * @param input a JSON list of contents, each of which is itself JSON text.
   */
  listVariables([contents]: readonly [contents: string]): readonly string[] {
    const names = (JSON.parse(contents) as readonly string[]).flatMap((content) => {
      try {
        return compiled(content).variables;
      } catch {
        return [];
      }
    });
    return [...new Set(names)];
  },

  /** @throws PromptLedgerError `TEMPLATE_INVALID`, `TEMPLATE_VARIABLES_MISSING` */
  render([content, variables]: readonly [content: string, variables: string]):
    string | readonly ChatMessage[] {
    return compiled(content).render(readJsonObject(variables) ?? {});
  },

  compare([before, after]: readonly [before: string, after: string]): readonly DiffPart[] {
    return compareWords(before, after);
  },
};

export type TaskName = keyof typeof TASKS;
export type TaskInput<Name extends TaskName> = Parameters<(typeof TASKS)[Name]>[0];
export type TaskOutput<Name extends TaskName> = ReturnType<(typeof TASKS)[Name]>;

function compiled(content: string): Compiled {
  const found = kept.get(content) ?? compile(readJson(content) as WireContent);
  kept.delete(content);
  kept.set(content, found);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return found;
}
