import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AppConfig,
  assertSafeForProduction,
  Environment,
  loadEnvironment,
  parseEnvironment,
} from './index.js';
import { ConfigurationError } from './configuration-error.js';

const embedded = { databaseUrl: 'postgres://x', keyHashSecret: null, embedded: true };

describe('parseEnvironment', () => {
  it('has the defaults when nothing is set', () => {
    expect(parseEnvironment({})).toEqual(new Environment());
  });

  it('reads numbers, words for true and false, and texts', () => {
    const env = parseEnvironment({
      PORT: '9000',
      WORKER: 'off',
      MIGRATE_ON_START: 'TRUE',
      OPENAI_API_KEY: 'sk-x',
      RETRY_WAITS_MS: '0, 250,1000',
    });
    expect(env).toMatchObject({
      PORT: 9000,
      WORKER: false,
      MIGRATE_ON_START: true,
      OPENAI_API_KEY: 'sk-x',
      RETRY_WAITS_MS: [0, 250, 1000],
    });
  });

  it.each([
    ['4', 4],
    ['auto', 'auto'],
  ])('reads a number of processes or auto: %s', (text, value) => {
    expect(parseEnvironment({ WEB_CONCURRENCY: text }).WEB_CONCURRENCY).toBe(value);
  });

  it('takes an empty variable for unset', () => {
    expect(parseEnvironment({ PORT: '', OPENAI_API_KEY: '', WORKER: '' })).toEqual(new Environment());
  });

  it.each([
    [{ PORT: 'eighty' }, 'PORT must be a whole number from 0 to 65535'],
    [{ PORT: '70000' }, 'PORT must be at most 65535'],
    [{ PORT: '1.5' }, 'PORT must be a whole number'],
    [{ WORKER: 'maybe' }, 'WORKER must be true or false'],
    [{ RETRY_WAITS_MS: '5s' }, 'RETRY_WAITS_MS must be up to 20 whole numbers from 0 to 3600000'],
    [{ RETRY_WAITS_MS: '5000,,1' }, 'RETRY_WAITS_MS must be up to 20 whole numbers'],
    [{ RETRY_WAITS_MS: '3600001' }, 'RETRY_WAITS_MS must be up to 20 whole numbers'],
    [{ WEB_CONCURRENCY: '0' }, 'WEB_CONCURRENCY must be a whole number from 1 to 128, or auto'],
    [{ WEB_CONCURRENCY: 'all' }, 'WEB_CONCURRENCY must be a whole number from 1 to 128, or auto'],
    [{ WEB_CONCURRENCY: '1.5' }, 'WEB_CONCURRENCY must be a whole number from 1 to 128, or auto'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of'],
    [{ DEFAULT_MODEL: 'gpt-4o' }, 'DEFAULT_MODEL must look like provider/model_name'],
  ])('refuses %j and says why', (variables, message) => {
    expect(() => parseEnvironment(variables)).toThrow(ConfigurationError);
    expect(() => parseEnvironment(variables)).toThrow(message);
  });

  it('leaves a DEBUG that is meant for another package alone', () => {
    expect(parseEnvironment({ DEBUG: 'express:*' }).DEBUG).toBe(false);
    expect(parseEnvironment({ DEBUG: 'true' }).DEBUG).toBe(true);
  });
});

describe('loadEnvironment', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-env-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('puts the process above the file, and an empty variable above nothing', () => {
    const file = join(folder, '.env');
    writeFileSync(file, 'PORT=9001\nHOST="0.0.0.0"\nOPENAI_API_KEY=sk-file\n# CONCURRENCY=4\n');
    writeFileSync(file, 'ACME_API_KEY=acme\n', { flag: 'a' });
    const variables: NodeJS.ProcessEnv = { PORT: '9002', OPENAI_API_KEY: '' };
    const env = loadEnvironment(file, variables);
    expect(variables.ACME_API_KEY).toBe('acme');
    expect(env).toMatchObject({ PORT: 9002, HOST: '0.0.0.0', OPENAI_API_KEY: 'sk-file', CONCURRENCY: 16 });
  });

  it('does without a file', () => {
    expect(loadEnvironment(join(folder, 'none'), {})).toEqual(new Environment());
  });
});

describe('AppConfig', () => {
  it.each([
    [{}, embedded, 'echo/echo'],
    [{ OPENAI_API_KEY: 'sk-x' }, embedded, 'openai/gpt-4o-mini'],
    [{}, { ...embedded, embedded: false }, 'openai/gpt-4o-mini'],
    [{ DEFAULT_MODEL: 'openai/org/model:free' }, embedded, 'openai/org/model:free'],
  ])('with %j runs by default on the right model', (variables, backends, expected) => {
    const { provider, modelName } = new AppConfig(parseEnvironment(variables), backends).defaultModel;
    expect(`${provider}/${modelName}`).toBe(expected);
  });

  it('reads lists', () => {
    const config = new AppConfig(
      parseEnvironment({ CORS_ORIGINS: 'https://a.example, https://b.example,' }),
      embedded,
    );
    expect(config.corsOrigins).toEqual(['https://a.example', 'https://b.example']);
  });
});

describe('in production', () => {
  it.each([
    [{}, 'API_KEY is still the default one'],
    [{ API_KEY: 'own', DATABASE_URL: 'postgres://x' }, 'KEY_HASH_SECRET is not set'],
  ])('%j is refused', (variables, message) => {
    const env = parseEnvironment({ NODE_ENV: 'production', ...variables });
    expect(() => assertSafeForProduction(env)).toThrow(message);
  });

  it('an own key and secret are enough', () => {
    const variables = {
      NODE_ENV: 'production',
      API_KEY: 'own',
      DATABASE_URL: 'postgres://x',
      KEY_HASH_SECRET: 's',
    };
    expect(() => assertSafeForProduction(parseEnvironment(variables))).not.toThrow();
  });
});
