import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { parseEnvironment, type Environment } from './environment.js';

/**
 * Reads the process's variables on top of those of `.env` in the working directory. An empty variable means unset, so that `OPENAI_API_KEY=
 * npm start` still uses the file's value. Variables found only in the file are also set in the process, because third-party providers read
 * settings that we do not know.
 * @throws ConfigurationError when a variable is invalid.
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
