import type { TaskName } from './tasks';

export interface Request {
  readonly id: number;
  readonly task: TaskName;
  readonly input: readonly string[];
}

export type Answer =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly code: string; readonly detail: string };
