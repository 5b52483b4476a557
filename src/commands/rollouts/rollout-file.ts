import { parseDocument } from 'yaml';
import type { CreateRolloutRequest } from '../../../sdk/src/index.js';
import { parseJson } from '../../kernel/index.js';
import { yamlToJson } from '../prompt-files/yaml-to-json.js';
import { CliError } from '../terminal/cli-error.js';

/**
 * Reads a rollout from YAML or JSON with the members of the API.
 * @param file the name of the file, for messages.
 * @throws CliError for an invalid rollout.
 */
export function parseRolloutFile(text: string, file: string): CreateRolloutRequest {
  // JSON is also YAML.
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) throw new CliError(`${file}: ${error.message}`);
  const json = yamlToJson(document.contents, document);
  const read = json === null ? null : parseJson(json);
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new CliError(
      `${file} is not a rollout: write its name, prompt_name, environment, candidate, steps and primary.`,
    );
  return read as CreateRolloutRequest;
}
