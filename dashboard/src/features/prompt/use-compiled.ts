import { useMemo } from 'react';
import { type Compiled, compile } from '../../api/templating';
import type { VersionContent } from './draft';

type Outcome =
  | { readonly compiled: Compiled; readonly error: null }
  | { readonly compiled: null; readonly error: unknown };

/** A content as the service would read it, or why it would refuse it. */
export function useCompiled(content: VersionContent): Outcome {
  const key = JSON.stringify(content);
  return useMemo((): Outcome => {
    try {
      return { compiled: compile(JSON.parse(key) as VersionContent), error: null };
    } catch (error) {
      return { compiled: null, error };
    }
  }, [key]);
}
