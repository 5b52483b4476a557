import type { ExecutionResult, ExecutionStream } from '../../../sdk/src/index.js';
import { type ExecutionFlags, readRunRequest } from './run-request.js';
import { connect } from '../terminal/connection.js';
import { coloursFor, note, print, printable, printJson, write } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';

export interface RunFlags extends ExecutionFlags {
  readonly stream?: boolean;
  /** Prints the answer as the model sent it, including what a terminal would act on. */
  readonly raw?: boolean;
}

/** Runs a prompt and waits. Prints the answer on standard output, and its cost on standard error. */
export async function runCommand(name: string, flags: RunFlags): Promise<void> {
  const request = await readRunRequest(name, flags);
  const ledger = await connect(flags);
  if (flags.stream === true && flags.json !== true) {
    note(
      coloursFor(process.stderr).dim(summarize(await printStream(ledger.executions.stream(request), flags))),
    );
    return;
  }
  const progress = new Progress('answers: the model is being asked', 1);
  const execution = await ledger.executions.run(request).finally(() => progress.done());
  if (flags.json === true) return printJson(execution);
  // A pipe may end at a terminal: `| less`, `| tee`. So control characters are printed only on request.
  const answer = execution.response_text ?? '';
  await print(flags.raw === true ? answer : printable(answer));
  note(coloursFor(process.stderr).dim(summarize(execution)));
}

/** Prints each piece as it arrives. Waits for each write before it reads on. */
async function printStream(stream: ExecutionStream, { raw = false }: RunFlags): Promise<ExecutionResult> {
  // A carriage return is held until the next character: before a line feed it is a line end.
  let held = '';
  for await (const { text } of stream) {
    const whole = held + text;
    held = !raw && whole.endsWith('\r') ? '\r' : '';
    const ready = whole.slice(0, whole.length - held.length);
    await write(raw ? ready : printable(ready));
  }
  await write(printable(held));
  const execution = await stream.final();
  await write('\n');
  return execution;
}

function summarize({
  execution_id: id,
  status,
  version_number: version,
  model,
  telemetry,
  cost_usd: cost,
}: ExecutionResult): string {
  const tokens = [telemetry.prompt_tokens, telemetry.response_tokens]
    .map((count) => count ?? '?')
    .join(' → ');
  const latency = telemetry.latency_ms === null ? 'unknown time' : `${telemetry.latency_ms} ms`;
  const facts = [status, `version ${version}`, `${model.provider}/${model.model_name}`, `${tokens} tokens`];
  return [...facts, ...(cost === null ? [] : [`$${cost}`]), latency, id].join(' · ');
}

export interface SubmitFlags extends ExecutionFlags {
  readonly callbackUrl?: string;
}

/** Queues an execution and prints only its id, for scripts. */
export async function submitCommand(name: string, flags: SubmitFlags): Promise<void> {
  const request = await readRunRequest(name, flags);
  const callback = flags.callbackUrl === undefined ? {} : { callback_url: flags.callbackUrl };
  const submitted = await (await connect(flags)).executions.submit({ ...request, ...callback });
  if (flags.json === true) return printJson(submitted);
  await print(submitted.execution_id);
  note(
    coloursFor(process.stderr).dim(
      `${submitted.status} · prompt-ledger executions show ${submitted.execution_id}`,
    ),
  );
}
