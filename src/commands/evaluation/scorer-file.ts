import { basename, extname } from 'node:path';
import { parseDocument } from 'yaml';
import type { PutScorerRequest } from '../../../sdk/src/index.js';
import { parseJson } from '../../kernel/index.js';
import { yamlToJson } from '../prompt-files/yaml-to-json.js';
import { CliError } from '../terminal/cli-error.js';
import { parseJsonInput } from '../terminal/input.js';

export interface ScorerFile {
  readonly name: string;
  readonly request: PutScorerRequest;
}

const CODE = ['.js', '.mjs', '.cjs'];

/**
 * Reads a scorer from a file. JavaScript is the source of a code scorer. YAML and JSON have the members of the API and may have `name`,
 * which defaults to the name of the file.
 * @param file the name of the file; `-` for standard input.
 * @param name the requested name; undefined for the file's.
 * @throws CliError for an invalid scorer.
 */
export function parseScorerFile(text: string, file: string, name?: string): ScorerFile {
  const ending = extname(file);
  const ownName = file === '-' ? undefined : basename(file, ending);
  if (CODE.includes(ending))
    return { name: nameFrom(name, ownName), request: { kind: 'code', source: text } };
  const read = ending === '.json' ? parseJsonInput(text, file) : parseYaml(text, file);
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    throw new CliError(`${file} is not a scorer: write its kind and its definition.`);
  }
  const { name: written, ...request } = read as { readonly name?: unknown };
  if (written !== undefined && typeof written !== 'string')
    throw new CliError(`${file}: name must be a text.`);
  return { name: nameFrom(name, written ?? ownName), request: request as PutScorerRequest };
}

function parseYaml(text: string, file: string): unknown {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) throw new CliError(`${file}: ${error.message}`);
  const json = yamlToJson(document.contents, document);
  if (json === null) throw new CliError(`${file} has something that JSON has no form for.`);
  return parseJson(json);
}

function nameFrom(...names: (string | undefined)[]): string {
  const name = names.find((each) => each !== undefined && each !== '');
  if (name === undefined) throw new CliError('Say with --name what the scorer is called.');
  return name;
}
