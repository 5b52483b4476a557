import type { AttemptStatus, ExecutionStatus } from '../../../../src/entities/index.js';

/** The operations on one execution. `stale` acts under a lost fence, where there is one. */
export type Operation =
  | { readonly kind: 'claim' | 'cancel' | 'lapse' | 'sweep' }
  | { readonly kind: 'dispatch' | 'renew' | 'release'; readonly stale: boolean }
  | { readonly kind: 'finish'; readonly stale: boolean; readonly next: Next };
/** `canceled`: the reader of the answer has left, and its attempt failed. */
export type Next = 'succeeded' | 'failed' | 'canceled' | 'queued' | 'running';

/** A hold on an execution, as its owner remembers it. */
export interface Hold {
  readonly fence: number;
  readonly attemptsMade: number;
  /** The attempt whose outcome this owner will report; null before its first dispatch. */
  readonly attempt: number | null;
}

/** The expected state of one execution. */
export interface Model {
  readonly mode: 'sync' | 'async';
  readonly onUnknown: 'retry' | 'fail';
  readonly maxAttempts: number;
  readonly status: ExecutionStatus;
  readonly fence: number;
  readonly attemptsMade: number;
  readonly lapses: number;
  readonly isDue: boolean;
  readonly isLapsed: boolean;
  readonly attempts: readonly { readonly fence: number; readonly status: AttemptStatus }[];
  /** The newest last. */
  readonly holds: readonly Hold[];
}

/** The number of lost workers at which the service gives up an execution. */
const MOST_LAPSES = 10;

export function born(choice: Pick<Model, 'mode' | 'onUnknown' | 'maxAttempts' | 'lapses'>): Model {
  const common = { ...choice, isLapsed: false };
  if (choice.mode === 'async') {
    return { ...common, status: 'queued', fence: 0, attemptsMade: 0, isDue: false, attempts: [], holds: [] };
  }
  return {
    ...common,
    status: 'running',
    fence: 1,
    attemptsMade: 1,
    isDue: false,
    attempts: [{ fence: 1, status: 'dispatched' }],
    holds: [{ fence: 1, attemptsMade: 0, attempt: 1 }],
  };
}

/** Returns the owner of the operation; null when there is none, and nothing is done. */
export function holdOf({ holds }: Model, stale: boolean): Hold | null {
  return (stale ? holds.at(-2) : holds.at(-1)) ?? null;
}

/** Whether the operation can happen: only a dispatched attempt has an outcome. */
export function isPossible(model: Model, operation: Operation): boolean {
  if (!('stale' in operation)) return true;
  const hold = holdOf(model, operation.stale);
  return hold !== null && (operation.kind !== 'finish' || hold.attempt !== null);
}

/** Returns the state that the execution must have afterwards. */
export function apply(model: Model, operation: Operation): Model {
  switch (operation.kind) {
    case 'claim':
      return claim({ ...model, isDue: true });
    case 'cancel':
      return model.status === 'queued' ? { ...model, status: 'canceled', isDue: false } : model;
    case 'lapse':
      return model.status === 'running' ? { ...model, isLapsed: true } : model;
    case 'sweep':
      return sweep(model);
    default: {
      const hold = holdOf(model, operation.stale);
      return hold === null ? model : applyHeld(model, hold, operation);
    }
  }
}

export function claim(model: Model): Model {
  if (model.status !== 'queued' || !model.isDue) return model;
  const fence = model.fence + 1;
  const hold = { fence, attemptsMade: model.attemptsMade, attempt: null };
  return { ...model, status: 'running', fence, isLapsed: false, isDue: false, holds: [...model.holds, hold] };
}

export function sweep(model: Model): Model {
  if (model.status !== 'running' || !model.isLapsed) return model;
  const { mode, onUnknown, attemptsMade, maxAttempts, fence } = model;
  const isUnknown = model.attempts.some((each) => each.fence === fence && each.status === 'dispatched');
  const mayAgain = !isUnknown || (onUnknown === 'retry' && attemptsMade < maxAttempts);
  const again = mode === 'async' && model.lapses + 1 < MOST_LAPSES && mayAgain;
  return {
    ...model,
    status: again ? 'queued' : 'failed',
    isDue: again,
    isLapsed: false,
    lapses: model.lapses + 1,
    attempts: model.attempts.map((each) =>
      each.fence === fence && each.status === 'dispatched' ? { ...each, status: 'outcome_unknown' } : each,
    ),
  };
}

function applyHeld(model: Model, hold: Hold, operation: Extract<Operation, { stale: boolean }>): Model {
  const isOwner = model.status === 'running' && model.fence === hold.fence;
  switch (operation.kind) {
    case 'renew':
      return isOwner ? { ...model, isLapsed: false } : model;
    case 'release': {
      const isDispatched = model.attempts.some(
        (each) => each.fence === hold.fence && each.status === 'dispatched',
      );
      return isOwner && !isDispatched ? { ...model, status: 'queued', isDue: false, isLapsed: false } : model;
    }
    case 'dispatch':
      return isOwner ? dispatch(model, hold) : model;
    case 'finish':
      return finish(model, hold, isOwner, operation.next);
  }
}

function dispatch(model: Model, hold: Hold): Model {
  // A repeated dispatch changes nothing.
  if (hold.attempt !== null) return { ...model, isLapsed: false };
  const attempt = hold.attemptsMade + 1;
  return {
    ...model,
    isLapsed: false,
    attemptsMade: attempt,
    attempts: [...model.attempts, { fence: hold.fence, status: 'dispatched' }],
    holds: model.holds.map((each) => (each === hold ? { ...hold, attempt } : each)),
  };
}

function finish(model: Model, hold: Hold, isOwner: boolean, next: Next): Model {
  const index = (hold.attempt ?? 0) - 1;
  const ended = (status: AttemptStatus) =>
    model.attempts.map((each, at) =>
      at === index && ['dispatched', 'outcome_unknown'].includes(each.status) ? { ...each, status } : each,
    );
  if (!isOwner) return { ...model, attempts: ended('fenced') };
  const attempts = ended(next === 'succeeded' ? 'succeeded' : 'failed');
  if (next !== 'running') return { ...model, status: next, attempts, isDue: false, isLapsed: false };
  const again = { ...hold, attempt: index + 2 };
  return {
    ...model,
    attemptsMade: index + 2,
    attempts: [...attempts, { fence: hold.fence, status: 'dispatched' }],
    holds: model.holds.map((each) => (each === hold ? again : each)),
  };
}

/** Returns the part that the database shows: an execution that is over has neither fence nor lapses. */
export function visible({ status, isDue, isLapsed, fence, attemptsMade, lapses, attempts }: Model): string {
  const list = attempts.map((each) => `${each.fence}:${each.status}`).join(' ');
  const clock = `${isDue ? ', due' : ''}${isLapsed ? ', lapsed' : ''}`;
  const isInFlight = status === 'queued' || status === 'running';
  const hold = isInFlight ? `${clock}, fence ${fence}, lapses ${lapses}` : '';
  return `${status}${hold}, attempts ${attemptsMade} [${list}]`;
}
