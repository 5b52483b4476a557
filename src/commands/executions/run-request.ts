import type { ExecuteRequest, Metadata, ModelRef, Params } from '../../../sdk/src/index.js';
import { describeSuggestions, JsonSource, parseJson, suggestModels } from '../../kernel/index.js';
import { CliError } from '../terminal/cli-error.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { parseJsonInput, readInput, splitAssignment } from '../terminal/input.js';
import { oneLine } from '../terminal/output.js';

/** Values for the variables of a prompt. */
export interface VariableFlags extends LedgerFlags {
  readonly var?: readonly string[];
  readonly varsFile?: string;
}

/** Flags that say what to execute, and how. */
export interface ExecutionFlags extends VariableFlags {
  readonly model?: string;
  readonly route?: string;
  readonly param?: readonly string[];
  readonly version?: number;
  readonly environment?: string;
  readonly correlationId?: string;
  readonly metadata?: readonly string[];
  readonly timeout?: number;
}

/** Builds the body of a run or a submit. @throws CliError for malformed flags. */
export async function readRunRequest(name: string, flags: ExecutionFlags): Promise<ExecuteRequest> {
  return {
    prompt_name: name,
    variables: await readVariables(flags),
    ...(flags.version === undefined ? {} : { version_number: flags.version }),
    ...(await readModelFlags(flags)),
    ...(flags.param === undefined ? {} : { params: parseParams(flags.param) }),
    ...(flags.environment === undefined ? {} : { environment: flags.environment }),
    ...(flags.correlationId === undefined ? {} : { correlation_id: flags.correlationId }),
    ...parseMetadata(flags.metadata),
    ...(flags.timeout === undefined ? {} : { timeout_ms: flags.timeout }),
  };
}

async function readModelFlags(flags: ExecutionFlags): Promise<{ model?: ModelRef | { route: string } }> {
  const { model, route } = flags;
  if (model !== undefined && route !== undefined) throw new CliError('Name a model or a route, not both.');
  if (route !== undefined) return { model: { route } };
  return model === undefined ? {} : { model: await readModel(model, flags) };
}

export async function readVariables({
  var: assignments = [],
  varsFile,
}: VariableFlags): Promise<Record<string, unknown>> {
  // Variables stay JSON texts, because a JavaScript number keeps only one spelling.
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

/** `@file` is the file's text, `@-` is standard input, and `@@` is a literal @. */
async function readValue(value: string): Promise<string> {
  if (!value.startsWith('@')) return value;
  return value.startsWith('@@') ? value.slice(1) : readInput(value.slice(1));
}

/** @throws CliError for a text that is not `provider/model_name`, with the models that were probably meant. */
export async function readModel(text: string, flags: LedgerFlags): Promise<ModelRef> {
  const [, provider, modelName] = /^([^/]+)\/(.+)$/.exec(text) ?? [];
  if (provider !== undefined && modelName !== undefined) return { provider, model_name: modelName };
  const meant = suggestModels(await listAllowed(flags), text);
  throw new CliError(
    `Write the model as provider/model_name, such as openai/gpt-4o-mini, not "${oneLine(text)}".${describeSuggestions(meant)}`,
  );
}

/** How long a command waits for an optional hint. */
const HINT_LIMIT_MS = 3000;

/** Empty where the ledger does not answer. */
async function listAllowed(flags: LedgerFlags): Promise<{ provider: string; modelName: string }[]> {
  try {
    const ledger = await connect(flags);
    const { data: models } = await ledger.models.list({ timeoutMs: HINT_LIMIT_MS, maxRetries: 0 });
    return models.map(({ provider, model_name: modelName }) => ({ provider, modelName }));
  } catch {
    return [];
  }
}

/** Leaves metadata out when there is none. @throws CliError for a pair without a key, and for a repeated key. */
export function parseMetadata(assignments: readonly string[] = []): { metadata?: Metadata } {
  if (assignments.length === 0) return {};
  const pairs = new Map<string, string>();
  for (const assignment of assignments) {
    const [key, value] = splitAssignment(assignment, 'a pair of metadata');
    if (pairs.has(key)) throw new CliError(`--metadata names "${oneLine(key)}" twice; a key has one value.`);
    pairs.set(key, value);
  }
  return { metadata: Object.fromEntries(pairs) };
}

/** Parses values as JSON, such as numbers and lists. Anything else is text. */
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
