import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import type { CreateExperimentRequest } from '../../../sdk/src/index.js';
import { getMessage, parseJson } from '../../kernel/index.js';
import { yamlToJson } from '../prompt-files/yaml-to-json.js';
import { CliError } from '../terminal/cli-error.js';
import type { GateRule } from './decide-gate.js';

/** A scorer that the file defines. It is put before the experiment starts. */
export interface ScorerDefinition {
  readonly name: string;
  readonly definition: Readonly<Record<string, unknown>>;
}

export interface EvalGate {
  readonly baseline: string;
  readonly candidate: string;
  readonly rules: readonly GateRule[];
}

export interface EvalFile {
  readonly request: CreateExperimentRequest;
  readonly definitions: readonly ScorerDefinition[];
  readonly gate: EvalGate | null;
}

type Members = Readonly<Record<string, unknown>>;

const EXPERIMENT = [
  'name',
  'dataset',
  'candidates',
  'repetitions',
  'pass_threshold',
  'max_cost_usd',
  'concurrency',
  'environment',
  'cache',
];
const GATE = ['baseline', 'candidate', 'scorer', 'scorers', 'max_drop', 'max_errors'];
const GATE_SCORER = ['name', 'max_drop', 'max_errors'];

/** @throws CliError for a file that cannot be read or understood. */
export async function readEvalFile(file: string): Promise<EvalFile> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${getMessage(error)}`);
  }
  return parseEvalFile(text, file);
}

/** @param file its name, for messages. */
export function parseEvalFile(text: string, file: string): EvalFile {
  const fail = (message: string) => new CliError(`${file}: ${message}`);
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) throw fail(error.message);
  const json = yamlToJson(document.contents, document);
  const root: unknown = json === null ? null : parseJson(json);
  if (!isObject(root)) throw fail('it must be a mapping with name, dataset, candidates and scorers.');
  refuseEmptyRules(root, '', fail);
  refuseUnknown(root, [...EXPERIMENT, 'scorers', 'gate'], '', fail);
  const scorers = readList(root['scorers'], 'scorers', fail).map((each, at) => readScorer(each, at, fail));
  const given = Object.fromEntries(
    EXPERIMENT.filter((name) => name in root).map((name) => [name, root[name]]),
  );
  const dataset = typeof root['dataset'] === 'string' ? { name: root['dataset'] } : root['dataset'];
  const request = {
    ...given,
    name: root['name'] ?? file,
    dataset,
    scorers: scorers.map(({ name, version_number }) => ({
      name,
      ...(version_number === undefined ? {} : { version_number }),
    })),
    // YAML may write the amount as a number.
    ...(typeof root['max_cost_usd'] === 'number' ? { max_cost_usd: String(root['max_cost_usd']) } : {}),
  } as unknown as CreateExperimentRequest;
  const definitions = scorers.flatMap(({ name, definition }) =>
    definition === null ? [] : [{ name, definition }],
  );
  const names = scorers.map(({ name }) => name);
  const gate = 'gate' in root ? readGate(root['gate'], names, fail) : null;
  if (gate !== null) checkLabels(gate, root['candidates'], fail);
  return { request, definitions, gate };
}

type Fail = (message: string) => CliError;

function readScorer(
  value: unknown,
  at: number,
  fail: Fail,
): { name: string; version_number?: unknown; definition: Members | null } {
  if (typeof value === 'string') return { name: value, definition: null };
  if (!isObject(value) || typeof value['name'] !== 'string') throw fail(`scorers[${at}] must have a name.`);
  const { name, ...rest } = value;
  if ('kind' in rest) return { name, definition: rest };
  refuseUnknown(rest, ['version_number'], `scorers[${at}].`, fail);
  return { name, version_number: rest['version_number'], definition: null };
}

function readGate(value: unknown, scorers: readonly string[], fail: Fail): EvalGate {
  if (!isObject(value)) throw fail('gate must be a mapping with baseline, candidate and max_drop.');
  refuseUnknown(value, GATE, 'gate.', fail);
  const label = (name: 'baseline' | 'candidate'): string => {
    const found = value[name];
    if (typeof found !== 'string') throw fail(`gate.${name} must be the label of a candidate.`);
    return found;
  };
  const named = value['scorers'] ?? (value['scorer'] === undefined ? scorers : [value['scorer']]);
  const rules = readList(named, 'gate.scorers', fail).map((each, at): GateRule => {
    const own = typeof each === 'string' ? { name: each } : each;
    if (!isObject(own) || typeof own['name'] !== 'string')
      throw fail(`gate.scorers[${at}] must have a name.`);
    refuseUnknown(own, GATE_SCORER, `gate.scorers[${at}].`, fail);
    if (!scorers.includes(own['name']))
      throw fail(`gate.scorers[${at}]: ${own['name']} is not among the scorers.`);
    return {
      scorer: own['name'],
      maxDrop: readMaxDrop(own['max_drop'] ?? value['max_drop'], fail),
      maxErrors: readMaxErrors(own['max_errors'] ?? value['max_errors'] ?? 0, fail),
    };
  });
  if (rules.length === 0) throw fail('gate.scorers must name a scorer.');
  return { baseline: label('baseline'), candidate: label('candidate'), rules };
}

/** Checks the gate before the experiment runs, because a run costs money. The ledger checks everything else about the candidates. */
function checkLabels({ baseline, candidate }: EvalGate, candidates: unknown, fail: Fail): void {
  if (baseline === candidate)
    throw fail('gate.baseline and gate.candidate must be two: nothing is worse than itself.');
  if (!Array.isArray(candidates)) return;
  const labels = candidates.filter(isObject).map(({ label }) => label);
  for (const [name, label] of Object.entries({ baseline, candidate })) {
    if (!labels.includes(label)) throw fail(`gate.${name}: ${label} is not among the candidates.`);
  }
}

function readMaxDrop(value: unknown, fail: Fail): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw fail('gate.max_drop must be a number above 0: how much lower the candidate may be.');
}

function readMaxErrors(value: unknown, fail: Fail): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw fail('gate.max_errors must be a whole number of 0 or more.');
}

function readList(value: unknown, name: string, fail: Fail): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw fail(`${name} must be a list.`);
}

/** Refuses empty rules, with which a gate would pass anything. */
function refuseEmptyRules(value: unknown, at: string, fail: Fail): void {
  if (Array.isArray(value)) value.forEach((each, index) => refuseEmptyRules(each, `${at}[${index}]`, fail));
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    const place = at === '' ? name : `${at}.${name}`;
    if (['threshold', 'weight', 'pass_threshold'].includes(name) && member === 0) {
      throw fail(`${place}: 0 would always pass; leave it out or set it above 0.`);
    }
    // `value` and `labels` hold the scored data. Only rules are checked for being empty.
    if (name !== 'value' && name !== 'labels') refuseEmptyRules(member, place, fail);
  }
}

function refuseUnknown(value: Members, known: readonly string[], at: string, fail: Fail): void {
  const unknown = Object.keys(value).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw fail(`${at}${unknown[0]} is not known; there are ${known.join(', ')}.`);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
