import { useCallback } from 'react';
import { ask } from '../../background/ask';
import type { TaskInput, TaskName, TaskOutput } from '../../background/tasks';
import { useWork, type WorkedOut } from './use-work';

/** Runs a task off the main thread, again whenever the input changes. @param input null while there is nothing to compute. */
export function useBackground<Name extends TaskName>(
  task: Name,
  input: TaskInput<Name> | null,
): WorkedOut<TaskOutput<Name>> {
  return useWork(
    useCallback((current: TaskInput<Name>) => ask(task, current), [task]),
    input,
  );
}
