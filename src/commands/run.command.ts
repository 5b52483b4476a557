import type { ExecutionResult, ExecutionStream, ModelRef, Params } from '../../sdk/src/index.js';
import { JsonSource, parseJson } from '../kernel/index.js';
import { CliError } from './terminal/cli-error.js';
import { connect, type LedgerFlags } from './terminal/connection.js';
import { parseJsonInput, readInput, splitAssignment } from './terminal/input.js';
import { coloursFor, note, print, printable, printJson, write } from './terminal/output.js';
import { Progress } from './terminal/progress.js';

export interface RunFlags extends LedgerFlags {
  readonly var?: readonly string[];
  readonly varsFile?: string;
  readonly model?: string;
  readonly route?: string;
  readonly stream?: boolean;
  readonly param?: readonly string[];
  readonly version?: number;
  readonly environment?: string;
  readonly correlationId?: string;
  readonly timeout?: number;
}

/** Runs a prompt and waits: the answer on standard output, and what it cost on standard error. */
export async function runCommand(name: string, flags: RunFlags): Promise<void> {
  const request = {
    prompt_name: name,
    variables: await readVariables(flags),
    ...(flags.version === undefined ? {} : { version_number: flags.version }),
    ...modelOf(flags),
    ...(flags.param === undefined ? {} : { params: parseParams(flags.param) }),
    ...(flags.environment === undefined ? {} : { environment: flags.environment }),
    ...(flags.correlationId === undefined ? {} : { correlation_id: flags.correlationId }),
    ...(flags.timeout === undefined ? {} : { timeout_ms: flags.timeout }),
  };
  const ledger = await connect(flags);
  if (flags.stream === true && flags.json !== true) {
    note(coloursFor(process.stderr).dim(summaryOf(await printStream(ledger.executions.stream(request)))));
    return;
  }
  const progress = new Progress('answers: the model is being asked', 1);
  const execution = await ledger.executions.run(request).finally(() => progress.done());
  if (flags.json === true) return printJson(execution);
  // Piped into a file, the answer is what the model said; a terminal gets nothing that it would act on.
  const answer = execution.response_text ?? '';
  await print(process.stdout.isTTY ? printable(answer) : answer);
  note(coloursFor(process.stderr).dim(summaryOf(execution)));
}

/** Each piece as it comes; what cannot be written is waited for, and so is not read. */
async function printStream(stream: ExecutionStream): Promise<ExecutionResult> {
  for await (const { text } of stream) await write(process.stdout.isTTY ? printable(text) : text);
  const execution = await stream.final();
  await write('\n');
  return execution;
}

function modelOf({ model, route }: RunFlags): { model?: ModelRef | { route: string } } {
  if (model !== undefined && route !== undefined) throw new CliError('Name a model or a route, not both.');
  if (route !== undefined) return { model: { route } };
  return model === undefined ? {} : { model: parseModel(model) };
}

async function readVariables({
  var: assignments = [],
  varsFile,
}: RunFlags): Promise<Record<string, unknown>> {
  // As texts, because a number that is a variable of its own knows no other spelling than JavaScript's.
  const variables = new Map<string, string>();
  if (varsFile !== undefined) {
    const text = await readInput(varsFile);
    const parsed = parseJsonInput(text, varsFile);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      throw new CliError(`${varsFile} must be a JSON object of variables.`);
    }
    const source = new JsonSource(text);
    source.keys().forEach((name) => variables.set(name, source.find([name]) ?? 'null'));
  }
  for (const assignment of assignments) {
    const [name, value] = splitAssignment(assignment, 'a variable');
    if (name.endsWith(':')) {
      parseJsonInput(value, `The variable ${name.slice(0, -1)}`);
      variables.set(name.slice(0, -1), value);
    } else {
      variables.set(name, JSON.stringify(await readValue(value)));
    }
  }
  const members = [...variables].map(([name, text]) => `${JSON.stringify(name)}:${text}`);
  return parseJson(`{${members.join(',')}}`) as Record<string, unknown>;
}

/** `@file` is the file's text, `@-` standard input, and `@@` an @ of one's own. */
async function readValue(value: string): Promise<string> {
  if (!value.startsWith('@')) return value;
  return value.startsWith('@@') ? value.slice(1) : readInput(value.slice(1));
}

export function parseModel(text: string): ModelRef {
  const [, provider, modelName] = /^([^/]+)\/(.+)$/.exec(text) ?? [];
  if (provider === undefined || modelName === undefined) {
    throw new CliError(`Write the model as provider/model_name, such as openai/gpt-4o-mini, not "${text}".`);
  }
  return { provider, model_name: modelName };
}

/** Numbers and lists are JSON; what is none is text. */
function parseParams(assignments: readonly string[]): Params {
  const entries = assignments.map((assignment) => {
    const [name, value] = splitAssignment(assignment, 'a parameter');
    try {
      return [name, JSON.parse(value) as unknown] as const;
    } catch {
      return [name, value] as const;
    }
  });
  return Object.fromEntries(entries);
}

function summaryOf({
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
