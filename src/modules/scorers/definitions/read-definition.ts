import { readModelChoice } from '../../executions/index.js';
import type { PutScorerDto } from '../scorers.dto.js';
import { readCheckMembers } from './read-check-members.js';
import { DefinitionReader } from './definition-reader.js';
import type { DefinitionDraft } from './write-definition.js';

/** Maximum size of the JSON that a check compares with, because it is hashed and compared synchronously. */
const MAX_VALUE_CHARS = 65_536;

/** Maximum size of the source of code. A scorer that needs more is a program. */
const MAX_SOURCE_CHARS = 50_000;

/**
 * Reads a scorer from a body without looking anything up. A judge may still lack its version and model.
 * @param valueJson the JSON text of `value` as sent; null when left out.
 * @throws ValidationError `VALIDATION_FAILED` with a pointer for each fault.
 */
export function readDefinition(body: PutScorerDto, valueJson: string | null): DefinitionDraft {
  const reader = new DefinitionReader(body);
  reader.assertMembers();
  const { kind } = body;
  const hasValue = kind === 'check' && valueJson !== null && valueJson !== 'null';
  if (hasValue && valueJson.length > MAX_VALUE_CHARS) {
    reader.report('value', `must be at most ${MAX_VALUE_CHARS} characters of JSON`);
    reader.finish();
  }
  const members = readMembers(reader, hasValue ? valueJson : null);
  reader.finish();
  return { kind, members, valueJson: hasValue ? valueJson : null };
}

function readMembers(reader: DefinitionReader, valueJson: string | null): Readonly<Record<string, unknown>> {
  switch (reader.body.kind) {
    case 'check':
      return readCheckMembers(reader, valueJson);
    case 'code':
      return readCode(reader);
    case 'judge':
      return readJudge(reader);
    case 'human':
      return readHuman(reader);
  }
}

function readCode(reader: DefinitionReader): Readonly<Record<string, unknown>> {
  reader.require('source');
  const source = reader.member('source');
  if (source !== undefined && source.length > MAX_SOURCE_CHARS) {
    reader.report('source', `must have at most ${MAX_SOURCE_CHARS} characters`);
  }
  return { source, threshold: reader.readThreshold(-Infinity, Infinity) };
}

function readJudge(reader: DefinitionReader): Readonly<Record<string, unknown>> {
  reader.require('prompt_name');
  return {
    prompt_name: reader.member('prompt_name'),
    version_number: reader.member('version_number'),
    prompt_checksum_hash: reader.member('prompt_checksum_hash'),
    model: readModel(reader),
    params: presentMembers(reader.member('params') ?? {}),
    ...reader.readScale(),
  };
}

/** Reads the one model of a judge. With a list or a route it would be unknown in advance which model judges. */
function readModel(reader: DefinitionReader): object | undefined {
  const sent = reader.member('model');
  if (sent === undefined) return undefined;
  const choice = readModelChoice(sent);
  if (choice.kind === 'models' && choice.models.length === 1) {
    const [{ provider, modelName }] = choice.models;
    return { provider, model_name: modelName };
  }
  reader.report('model', 'must be one model: a judge is always the same');
  return undefined;
}

function readHuman(reader: DefinitionReader): Readonly<Record<string, unknown>> {
  const hasScale = reader.member('labels') ?? reader.member('min') ?? reader.member('max');
  if (hasScale === undefined)
    reader.report('labels', 'is required for a human, unless there are min and max');
  return reader.readScale();
}

/** Drops members that are null, which means the same as leaving them out. */
function presentMembers(params: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(params).filter(([, value]) => value !== undefined && value !== null),
  );
}
