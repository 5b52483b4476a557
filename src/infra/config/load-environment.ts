import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { parseEnvironment, type Environment } from './environment.js';

/**
 * The process's variables over those of `.env` in the working directory. An empty variable means unset, so that
 * `OPENAI_API_KEY= npm start` still takes the file's. What only the file has is set in the process too: providers from
 * outside read settings that we do not know.
 * @throws ConfigurationError when a variable is wrong.
 */
export function loadEnvironment(file = '.env', processVariables = process.env): Environment {
  for (const [name, value] of Object.entries(readDotEnv(file))) {
    if ((processVariables[name] ?? '') === '') processVariables[name] = value;
  }
  return parseEnvironment(processVariables);
}

function readDotEnv(file: string): Record<string, string | undefined> {
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
