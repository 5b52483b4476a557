import { startTransition, useEffect, useRef, useState } from 'react';
import { ask } from '../../background/ask';
import type { TaskInput, TaskName, TaskOutput } from '../../background/tasks';

export interface WorkedOut<Output> {
  /** The latest completed result; null before the first one, and after an error. */
  readonly output: Output | null;
  readonly error: unknown;
  /** Whether the result belongs to an older input than the present one. */
  readonly isBehind: boolean;
}

interface Done<Output> {
  readonly input: readonly string[] | null;
  readonly output: Output | null;
  readonly error: unknown;
}

const NOTHING = { input: null, output: null, error: null };

/**
 * Runs a task off the main thread, again whenever the input changes. One request is under way at a time, and of the inputs that arrive
 * meanwhile only the newest is sent, so that the result is never behind by more than one.
 * @param input null while there is nothing to compute.
 */
export function useBackground<Name extends TaskName>(
  task: Name,
  input: TaskInput<Name> | null,
): WorkedOut<TaskOutput<Name>> {
  const [done, setDone] = useState<Done<TaskOutput<Name>>>(NOTHING);
  const wanted = useRef<TaskInput<Name> | null>(null);
  const isUnderWay = useRef(false);
  useEffect(() => {
    wanted.current = input;
    const work = async () => {
      if (isUnderWay.current) return;
      isUnderWay.current = true;
      for (let next = wanted.current; next !== null; next = wanted.current === next ? null : wanted.current) {
        const current = next;
        const result = await ask(task, current).then(
          (output) => ({ input: current, output, error: null }),
          (error: unknown) => ({ input: current, output: null, error }),
        );
        startTransition(() => setDone(result));
      }
      isUnderWay.current = false;
    };
    void work();
    // The dependencies are the texts, and not the list that holds them.
  }, [task, input?.[0], input?.[1]]);
  useEffect(
    () => () => {
      wanted.current = null;
    },
    [],
  );
  if (input === null) return { output: null, error: null, isBehind: false };
  const isBehind = done.input === null || input.some((text, at) => text !== done.input?.[at]);
  return { output: done.output, error: done.error, isBehind };
}
