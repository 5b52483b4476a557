import { given, readText, readWord } from '../../ui/search-params';

/** Which executions are judged, and by which scorer. It is kept in the address bar. */
export interface AnnotationSearch {
  /** The name of a scorer of kind `human`. */
  readonly scorer?: string;
  readonly prompt?: string;
  readonly environment?: string;
  /** The id of the experiment or batch whose answers are judged. */
  readonly batch?: string;
  /** `all` includes executions that already have a score by the scorer. */
  readonly show?: 'all';
}

export function parseAnnotationSearch(search: Record<string, unknown>): AnnotationSearch {
  return given({
    scorer: readText(search['scorer']),
    prompt: readText(search['prompt']),
    environment: readText(search['environment']),
    batch: readText(search['batch']),
    show: readWord(search['show'], ['all'] as const),
  });
}
