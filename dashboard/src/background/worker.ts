import type { Answer, Request } from './messages';
import { TASKS } from './tasks';

/** Runs in its own thread and handles one request after the other, each with one answer. */
globalThis.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  globalThis.postMessage(answer(data));
});

function answer({ id, task, input }: Request): Answer {
  try {
    return { id, output: (TASKS[task] as (input: readonly string[]) => unknown)(input) };
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    return {
      id,
      code: typeof code === 'string' ? code : 'UNEXPECTED',
      detail: error instanceof Error ? error.message : String(error),
    };
  }
}
