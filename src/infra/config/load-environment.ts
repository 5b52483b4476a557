import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { parseEnvironment, type Environment } from './environment.js';

/**
 * The process's variables over those of `.env` in the working directory. An empty variable means unset, so that
 * `OPENAI_API_KEY= npm start` still takes the file's.
 * @throws ConfigurationError when a variable is wrong.
 */
export function loadEnvironment(file = '.env', processVariables = process.env): Environment {
  const set = Object.entries(processVariables).filter(([, value]) => value !== '');
  return parseEnvironment({ ...readDotEnv(file), ...Object.fromEntries(set) });
}

function readDotEnv(file: string): Record<string, string | undefined> {
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
