import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toConnection, path, VERSION } from './index.js';

describe('the connection', () => {
  const saved = { ...process.env };
  afterEach(() => {
    process.env = { ...saved };
  });

  it('comes from the environment, and an option goes before it', () => {
    process.env['PROMPT_LEDGER_URL'] = 'https://ledger.test/base//';
    process.env['PROMPT_LEDGER_API_KEY'] = 'from-env';
    expect(toConnection({})).toMatchObject({ baseUrl: 'https://ledger.test/base', apiKey: 'from-env' });
    const options = { baseUrl: 'http://127.0.0.1:1', apiKey: 'own' };
    expect(toConnection(options)).toMatchObject(options);
  });

  it('is to this machine when nothing is said, and says what to do without a key', () => {
    delete process.env['PROMPT_LEDGER_URL'];
    process.env['PROMPT_LEDGER_API_KEY'] = '';
    expect(toConnection({ apiKey: 'k' }).baseUrl).toBe('http://localhost:8000');
    expect(() => toConnection({})).toThrow('Set PROMPT_LEDGER_API_KEY');
  });

  it.each(['localhost:8000', 'ftp://x', 'no url'])('refuses %s', (baseUrl) => {
    expect(() => toConnection({ baseUrl, apiKey: 'k' })).toThrow(/^Give the ledger's URL/);
  });
});

describe('a path', () => {
  it('has each value as one segment', () => {
    expect(path`/v1/prompts/${'team/a b'}/versions/${3}:activate`).toBe(
      '/v1/prompts/team%2Fa%20b/versions/3:activate',
    );
  });

  it.each(['', '.', '..'])('refuses "%s", which an URL would resolve away', (name) => {
    expect(() => path`/v1/prompts/${name}`).toThrow('is not a valid name');
  });
});

describe('the version', () => {
  it('is that of the package', () => {
    const manifest = readFileSync(join(__dirname, '../../package.json'), 'utf8');
    expect((JSON.parse(manifest) as { version: string }).version).toBe(VERSION);
  });
});
