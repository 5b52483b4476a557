import { type Finding, finding, type ScoringError, scoringError } from '../verdict.js';
import { SANDBOX } from './sandbox-bounds.js';

/** The prelude's report, unvalidated, because the code may have tampered with what wrote it. */
interface Told {
  readonly is?: unknown;
  readonly message?: unknown;
  readonly value?: unknown;
  readonly valueIs?: unknown;
  readonly label?: unknown;
  readonly labelIs?: unknown;
  readonly explanation?: unknown;
  readonly explanationIs?: unknown;
}

/** Postgres can store neither. */
const UNSTORABLE = /[\0\p{Surrogate}]/gu;
const MAX_MESSAGE_CHARS = 500;

export function readResult(text: string): Finding | ScoringError {
  const told = parse(text);
  if (told.is === 'promise') return failed('a promise, and nothing here runs later');
  if (told.is === 'thrown') return thrownError(told);
  if (told.is === 'no function') return scoringError('code_failed', 'The source is not a function.');
  if (told.is !== 'object')
    return failed(`${describeKind(told.is)} instead of {value, label?, explanation?}`);
  if (told.valueIs !== 'number')
    return failed(`a value that is ${describeKind(told.valueIs)} instead of a number`);
  const value = Number(told.value);
  if (!Number.isFinite(value)) return failed('a value that is not finite');
  const label = readText(told.label, told.labelIs);
  if (label === undefined) return failed('a label that is not a text');
  if (label !== null && (label.trim() === '' || label.length > SANDBOX.labelChars)) {
    return failed(`a label that does not have 1 to ${SANDBOX.labelChars} characters`);
  }
  const explanation = readText(told.explanation, told.explanationIs);
  if (explanation === undefined) return failed('an explanation that is not a text');
  // Normalizes -0, which the database would store as 0.
  return finding(
    value === 0 ? 0 : value,
    storable(explanation, SANDBOX.explanationChars),
    storable(label, SANDBOX.labelChars),
  );
}

/** @returns the problem of the source; null when it is a function. */
export function readProblem(text: string): string | null {
  const told = parse(text);
  if (told.is === 'function') return null;
  return told.is === 'thrown' ? thrownError(told).message : 'The source is not a function.';
}

function thrownError({ message }: Told): ScoringError {
  const said = typeof message === 'string' ? (storable(message, MAX_MESSAGE_CHARS) as string) : '';
  if (said.includes('out of memory')) return outOfMemory();
  if (said.includes('stack overflow'))
    return scoringError('code_out_of_bounds', 'The code called itself too deeply.');
  return scoringError('code_failed', said === '' ? 'The code threw something.' : `The code threw ${said}`);
}

/** Returns null when left out, undefined for anything that is not a string. */
function readText(value: unknown, is: unknown): string | null | undefined {
  if (is === 'undefined' || is === 'null') return null;
  return typeof value === 'string' ? value : undefined;
}

function storable(text: string | null, mostChars: number): string | null {
  return text === null ? null : text.slice(0, mostChars).replace(UNSTORABLE, '\ufffd');
}

function describeKind(kind: unknown): string {
  return typeof kind === 'string' ? kind.slice(0, 20).replace(UNSTORABLE, '\ufffd') : 'nothing';
}

function parse(text: string): Told {
  try {
    const told: unknown = JSON.parse(text);
    return typeof told === 'object' && told !== null ? told : {};
  } catch {
    return {};
  }
}

function failed(what: string): ScoringError {
  return scoringError('code_failed', `The code returned ${what}.`);
}

/** Returns the error for code that exceeded the memory limit. */
export function outOfMemory(): ScoringError {
  const megabytes = SANDBOX.memoryBytes / 1024 / 1024;
  return scoringError('code_out_of_bounds', `The code took more than ${megabytes} MB of memory.`);
}
