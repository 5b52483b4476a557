import type { UnsavedContent } from '@prompt-ledger/client';
import { compactJson } from '../../api/json-text';
import { ask } from '../../background/ask';
import type { CompiledFacts } from '../../background/tasks';
import { addSnippets } from './add-snippets';
import { useWork, type WorkedOut } from '../hooks/use-work';

interface Compiled extends CompiledFacts {
  /** JSON of the content with its snippets, as the preview needs it. */
  readonly content: string;
}

export type CompiledContent = WorkedOut<Compiled>;

/** A content as the service would read it, or why it would refuse it. */
export function useCompiled(content: UnsavedContent): CompiledContent {
  return useWork(compileText, [compactJson(content)]);
}

async function compileText([text]: readonly [content: string]): Promise<Compiled> {
  const content = await addSnippets(text);
  return { ...(await ask('compile', [content])), content };
}
