import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import {
  assertSafeForProduction,
  ConfigurationError,
  ENVIRONMENT_NAMES,
  parseEnvironment,
} from '../../src/infra/config/index.js';

const ROOT = path.join(__dirname, '../..');

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly restart?: string;
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly deploy?: { readonly resources?: { readonly limits?: Readonly<Record<string, string>> } };
  readonly volumes?: readonly string[];
}

/** Parses the services as Compose does, with variables from `env`. @throws Error where a required one is missing. */
function compose(file: string, env: Readonly<Record<string, string>> = {}): Record<string, Service> {
  const document = parse(readFileSync(path.join(ROOT, file), 'utf8'), { merge: true }) as {
    services: unknown;
  };
  return JSON.parse(JSON.stringify(document.services), (_key, value: unknown) =>
    typeof value === 'string' ? interpolate(value, env) : value,
  ) as Record<string, Service>;
}

/** Expands Compose's `${NAME:-default}` and `${NAME:?message}`, in which an empty variable counts as unset. */
function interpolate(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind?: string, word?: string) => {
    const value = env[name] ?? '';
    if (value !== '') return value;
    if (kind === '-') return word ?? '';
    throw new Error(`${name} is required: ${word ?? 'it has no default'}`);
  });
}

/** Lists every `NAME` that the file reads from the environment. */
function variablesOf(file: string): string[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return [...new Set([...text.matchAll(/\$\{(\w+)/g)].map((match) => match[1] as string))];
}

const OURS = ['migrate', 'api', 'worker'];
const SECRETS = {
  PROMPT_LEDGER_IMAGE: 'registry.example/prompt-ledger:1.0.0',
  POSTGRES_PASSWORD: 'superuser',
  LEDGER_OWNER_PASSWORD: 'owner',
  LEDGER_SERVICE_PASSWORD: 'service',
  REDIS_PASSWORD: 'redis',
  API_KEY: 'key',
  KEY_HASH_SECRET: 'secret',
};

describe.each([
  ['docker-compose.yml', {}],
  ['docker-compose.prod.yml', SECRETS],
])('%s', (file, env) => {
  const services = compose(file, env);

  it('gives our processes only variables that the service knows, with values that it takes', () => {
    for (const name of OURS) {
      const environment = services[name]?.environment ?? {};
      const unknown = Object.keys(environment).filter(
        (key) => !ENVIRONMENT_NAMES.some((known) => known === key),
      );
      expect({ name, unknown }).toEqual({ name, unknown: [] });
      const parsed = parseEnvironment(environment);
      expect(() => assertSafeForProduction(parsed)).not.toThrow();
      expect(parsed.DATABASE_URL).toMatch(/^postgres:\/\/\w+:\w+@postgres:5432\/prompt_ledger$/);
      expect(parsed.REDIS_URL).toMatch(/^redis:\/\/.*redis:6379$/);
    }
  });

  it('runs the consumer in the workers alone', () => {
    expect(parseEnvironment(services['api']?.environment ?? {}).WORKER).toBe(false);
    expect(services['worker']?.command).toContain('dist/src/worker.js');
  });

  it('starts API and workers after the migration, and the migration after the database', () => {
    const started = { condition: 'service_completed_successfully' };
    for (const name of ['api', 'worker']) {
      expect(services[name]?.depends_on).toEqual({
        migrate: started,
        redis: { condition: 'service_healthy' },
      });
    }
    const before = services['roles'] ?? services['migrate'];
    expect(before?.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(services['migrate']?.restart).toBe('no');
  });

  it('checks the health of what others wait for', () => {
    for (const name of ['postgres', 'redis']) expect(services[name]?.healthcheck?.test).toBeDefined();
    // The image's own check uses HTTP, which these two do not serve.
    for (const name of ['migrate', 'worker']) expect(services[name]?.healthcheck).toEqual({ disable: true });
    expect(services['api']?.healthcheck).toBeUndefined();
  });

  it('keeps Redis from evicting, on a disk', () => {
    const command = services['redis']?.command?.join(' ') ?? '';
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--appendonly yes');
    expect(services['redis']?.volumes).toEqual(['redis-data:/data']);
  });

  it('calls only programs that the build makes and files that there are', () => {
    const commands = OURS.flatMap((name) => services[name]?.command ?? []);
    const programs = commands.join(' ').match(/dist\/\S+\.js/g) ?? [];
    expect(new Set(programs)).toEqual(new Set(['dist/src/cli.js', 'dist/src/worker.js']));
    const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes);
    const files = mounted.filter((mount) => mount.startsWith('./')).map((mount) => mount.split(':')[0] ?? '');
    for (const each of [...programs, ...files]) expect(existsSync(path.join(ROOT, each))).toBe(true);
  });

  it('publishes on the loopback only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });
});

describe('docker-compose.yml', () => {
  it('needs no variable, and takes those of a developer', () => {
    expect(compose('docker-compose.yml', {})['api']?.environment?.['DEFAULT_MODEL']).toBe('echo/echo');
    const env = { DEFAULT_MODEL: 'openai/gpt-4o-mini', OPENAI_API_KEY: 'sk-mine' };
    expect(compose('docker-compose.yml', env)['worker']?.environment).toMatchObject(env);
  });

  it('builds the image it runs', () => {
    for (const name of OURS) expect(compose('docker-compose.yml')[name]?.build).toBe('.');
  });
});

describe('docker-compose.prod.yml', () => {
  it.each(Object.keys(SECRETS))('refuses to start without %s', (name) => {
    const without = Object.fromEntries(Object.entries(SECRETS).filter(([key]) => key !== name));
    expect(() => compose('docker-compose.prod.yml', without)).toThrow(`${name} is required`);
  });

  it('refuses the published key, as the service itself does', () => {
    const services = compose('docker-compose.prod.yml', {
      ...SECRETS,
      API_KEY: 'dev-key-change-in-production',
    });
    const parsed = parseEnvironment(services['api']?.environment ?? {});
    expect(() => assertSafeForProduction(parsed)).toThrow(ConfigurationError);
  });

  it('publishes neither database nor queue', () => {
    const services = compose('docker-compose.prod.yml', SECRETS);
    const publishing = Object.keys(services).filter((name) => services[name]?.ports !== undefined);
    expect(publishing).toEqual(['api']);
  });

  it('shows the owner of the tables to the migration alone', () => {
    const services = compose('docker-compose.prod.yml', {
      ...SECRETS,
      LEDGER_OWNER_PASSWORD: 'of-the-owner',
    });
    const knowing = Object.keys(services).filter((name) =>
      JSON.stringify(services[name]?.environment ?? {}).includes('of-the-owner'),
    );
    expect(knowing.sort()).toEqual(['migrate', 'roles']);
    expect(services['api']?.environment?.['DATABASE_URL']).toContain('prompt_ledger_service:service@');
  });

  it('pins its images, bounds memory, and comes back after a restart', () => {
    const services = compose('docker-compose.prod.yml', SECRETS);
    for (const name of ['postgres', 'redis', 'roles']) expect(services[name]?.image).toMatch(/:\d+\.\d+/);
    for (const name of ['postgres', 'redis', 'api', 'worker']) {
      expect(services[name]?.restart).toBe('unless-stopped');
      expect(services[name]?.deploy?.resources?.limits).toMatchObject({
        memory: expect.any(String) as string,
      });
    }
  });

  it('takes from outside what docs/operations.md lists for it', () => {
    const manual = readFileSync(path.join(ROOT, 'docs/operations.md'), 'utf8');
    for (const name of variablesOf('docker-compose.prod.yml')) expect(manual).toContain(`\`${name}\``);
  });
});
