import type { AppConfig } from '../infra/config/index.js';
import { packageVersion } from '../infra/config/index.js';
import type { ProviderLine } from '../infra/supervision/index.js';

export interface BannerFacts {
  readonly config: AppConfig;
  /** The address that the service listens on. */
  readonly url: string;
  readonly providers: readonly ProviderLine[];
  /** The number of processes that serve it. */
  readonly processes: number;
}

/** Returns the text printed after a start, with one command that shows the service working. The only key in it is the published default. */
export function banner({ config, url, providers, processes }: BannerFacts): string {
  const where = processes === 1 ? 'this process' : 'these processes together';
  const rows: [string, string][] = [
    ['API', processes === 1 ? url : `${url}   (${processes} processes)`],
    ['Dashboard', `${url}/`],
    ['Docs', `${url}/docs`],
    ...(config.usesDefaultApiKey
      ? [['Key', `${config.env.API_KEY}   (the default; set API_KEY)`] as [string, string]]
      : []),
    [
      'Data',
      config.backends.embedded
        ? `${config.homeDir}   (embedded PostgreSQL)`
        : 'the PostgreSQL of DATABASE_URL',
    ],
    ['Bell', config.env.REDIS_URL === null ? 'Postgres' : 'Redis'],
    [
      'Consumer',
      config.env.WORKER ? `in ${where}, ${config.env.CONCURRENCY} at once` : 'none here (WORKER=off)',
    ],
    ...providerRows(providers),
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}${value}`);
  return [`\nPrompt Ledger ${packageVersion()} is ready\n`, ...lines, '', ...tryIt(config, url), ''].join(
    '\n',
  );
}

/** Lists the usable providers on one line, and each of the others with what it lacks. */
function providerRows(providers: readonly ProviderLine[]): [string, string][] {
  const ready = providers.filter(({ readiness }) => readiness.ready).map(({ id }) => id);
  const notReady = providers.flatMap(({ id, readiness }): [string, string][] =>
    readiness.ready ? [] : [['', `${id} not ready (set ${readiness.missing})`]],
  );
  return [['Providers', `${ready.join(', ') || 'none'} ready`], ...notReady];
}

/** Shows how to create a first prompt, because a fresh ledger has none. */
function tryIt({ usesDefaultApiKey, env }: AppConfig, url: string): string[] {
  const key = usesDefaultApiKey ? env.API_KEY : '$API_KEY';
  const prompt = `{"template_source":"Hello {{name}}!","set_active":true}`;
  return ['  Try it:', `  curl -X PUT ${url}/v1/prompts/hello -H "X-API-Key: ${key}" -d '${prompt}'`];
}
