import { given, textOf, wordOf } from '../../ui/search-params';

/** Which executions are judged, and by what; it stands in the address bar. */
export interface AnnotationSearch {
  /** Name of a scorer of kind `human`. */
  readonly scorer?: string;
  readonly prompt?: string;
  readonly environment?: string;
  /** Id of the experiment or batch whose answers are judged. */
  readonly batch?: string;
  /** `all`: those that have a score by the scorer already, too. */
  readonly show?: 'all';
}

export function parseAnnotationSearch(search: Record<string, unknown>): AnnotationSearch {
  return given({
    scorer: textOf(search['scorer']),
    prompt: textOf(search['prompt']),
    environment: textOf(search['environment']),
    batch: textOf(search['batch']),
    show: wordOf(search['show'], ['all'] as const),
  });
}
