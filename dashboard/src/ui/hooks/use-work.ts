import { startTransition, useEffect, useRef, useState } from 'react';

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
 * Runs asynchronous work, again whenever its input changes. One run is under way at a time, and of the inputs that arrive
 * meanwhile only the newest is used, so that the result is never behind by more than one.
 * @param work the same function each time.
 * @param input null while there is nothing to do.
 */
export function useWork<Input extends readonly string[], Output>(
  work: (input: Input) => Promise<Output>,
  input: Input | null,
): WorkedOut<Output> {
  const [done, setDone] = useState<Done<Output>>(NOTHING);
  const wanted = useRef<Input | null>(null);
  const isUnderWay = useRef(false);
  useEffect(() => {
    wanted.current = input;
    const run = async () => {
      if (isUnderWay.current) return;
      isUnderWay.current = true;
      for (let next = wanted.current; next !== null; next = wanted.current === next ? null : wanted.current) {
        const current = next;
        const result = await work(current).then(
          (output) => ({ input: current, output, error: null }),
          (error: unknown) => ({ input: current, output: null, error }),
        );
        startTransition(() => setDone(result));
      }
      isUnderWay.current = false;
    };
    void run();
    // The dependencies are the texts, and not the list that holds them.
  }, [work, input?.[0], input?.[1]]);
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
