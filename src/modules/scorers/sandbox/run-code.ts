import { type QuickJSContext, Scope } from 'quickjs-emscripten';
import { type Finding, type ScoringError, scoringError } from '../verdict.js';
import { newEngine } from './engine.js';
import { PRELUDE } from './prelude.js';
import { outOfMemory, readProblem, readResult } from './read-result.js';
import { SANDBOX } from './sandbox-bounds.js';

/**
 * Runs a scorer's code over one input, in a new engine that is then discarded.
 * @param inputJson an object with the arguments of the function.
 */
export async function runCode(source: string, inputJson: string): Promise<Finding | ScoringError> {
  const told = await runInSandbox(source, inputJson);
  return typeof told === 'string' ? readResult(told) : told;
}

/** @returns the problem of code that is not a function, in one sentence; null for a function. */
export async function findCodeProblem(source: string): Promise<string | null> {
  const told = await runInSandbox(source, null);
  return typeof told === 'string' ? readProblem(told) : told.message;
}

/** @returns the prelude's report. */
async function runInSandbox(source: string, inputJson: string | null): Promise<string | ScoringError> {
  const { quickJs, hasRunOut } = await newEngine();
  const runtime = quickJs.newRuntime();
  let interrupts = 0;
  runtime.setMaxStackSize(SANDBOX.stackBytes);
  runtime.setInterruptHandler(() => (interrupts += 1) > SANDBOX.interrupts);
  // Neither is disposed of, because the whole engine is discarded.
  const told = callPrelude(runtime.newContext(), source, inputJson);
  if (told !== null) return hasRunOut() ? outOfMemory() : told;
  if (interrupts <= SANDBOX.interrupts) return outOfMemory();
  return scoringError('code_out_of_bounds', 'The code ran for too many instructions and was ended.');
}

/** @returns null when the engine ended the run. */
function callPrelude(context: QuickJSContext, source: string, inputJson: string | null): string | null {
  return Scope.withScope((scope) => {
    const prelude = scope.manage(context.unwrapResult(context.evalCode(PRELUDE, 'prelude.js')));
    const sourceText = scope.manage(context.newString(source));
    const input = inputJson === null ? context.null : scope.manage(context.newString(inputJson));
    const called = context.callFunction(prelude, context.undefined, sourceText, input);
    if (called.error === undefined) return context.getString(scope.manage(called.value));
    scope.manage(called.error);
    return null;
  });
}
