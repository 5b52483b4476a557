import { isRecord } from '../is-record.js';

/** The facts about an error that may be logged. */
export interface ErrorDescription {
  readonly errorName: string;
  readonly errorCode: string | null;
  /** `null` when the message may quote what a client sent. */
  readonly errorMessage: string | null;
  readonly stackFrames: readonly string[];
}

/** The engine builds the messages of these from identifiers in the source. SyntaxError is missing because JSON.parse quotes its input. */
const NAMES_WITH_HARMLESS_MESSAGES = new Set(['TypeError', 'ReferenceError', 'RangeError']);
const MAX_FRAMES = 20;

/**
 * Describes an error for the log without its content: a driver's error carries SQL, parameters and rows, and any
 * message may quote a prompt or a variable.
 */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) {
    return { errorName: typeof error, errorCode: null, errorMessage: null, stackFrames: [] };
  }
  return {
    errorName: error.name,
    errorCode: getCode(error) ?? (isRecord(error.cause) ? getCode(error.cause) : null),
    errorMessage: NAMES_WITH_HARMLESS_MESSAGES.has(error.name) ? error.message : null,
    stackFrames: listFrames(error),
  };
}

function getCode(error: object): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** A stack begins with the message, which may span any number of lines, so it is cut by length. */
function listFrames({ stack = '', message }: Error): string[] {
  const messageAt = stack.indexOf(message);
  const frames = messageAt === -1 ? '' : stack.slice(messageAt + message.length);
  return frames
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, MAX_FRAMES);
}
