import type { UnsavedContent } from '@prompt-ledger/client';
import { compactJson } from '../../api/json-text';
import type { CompiledFacts } from '../../background/tasks';
import { useBackground, type WorkedOut } from '../../ui/hooks/use-background';

export interface CompiledContent extends WorkedOut<CompiledFacts> {
  /** JSON of the content, as the preview needs it. */
  readonly content: string;
}

/** A content as the service would read it, or why it would refuse it. */
export function useCompiled(content: UnsavedContent): CompiledContent {
  const text = compactJson(content);
  return { ...useBackground('compile', [text]), content: text };
}
