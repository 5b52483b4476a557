import { resolve } from 'node:path';
import { DEFAULT_API_KEY } from '../../kernel/index.js';
import { ConfigurationError } from './configuration-error.js';
import type { Environment } from './environment.js';
import { readSecretsKeys, type SecretsKeys } from './secrets-keys.js';
import { readSignInConfig, type SignInConfig } from './sign-in-config.js';

/** Settings known only once a process starts: an embedded server's address, and secrets kept in the data folder. */
export interface ResolvedBackends {
  readonly databaseUrl: string;
  /** Null in a process that does not check API keys. */
  readonly keyHashSecret: string | null;
  /** The key kept in the data folder, if there is one. */
  readonly secretsKey?: string | null;
  /** True when `databaseUrl` points to our embedded server. */
  readonly embedded: boolean;
}

/** One of several API processes that share a port. */
export interface ProcessPlace {
  /** Counts from 1. A process that replaces a crashed one takes over its number. */
  readonly index: number;
  readonly count: number;
}

export interface ModelRef {
  readonly provider: string;
  readonly modelName: string;
}

/** The typed configuration that every room reads. Built once per process by {@link buildAppConfig}. */
export class AppConfig {
  readonly production: boolean;
  readonly homeDir: string;
  readonly usesDefaultApiKey: boolean;
  readonly directDatabaseUrl: string;
  readonly corsOrigins: readonly string[];
  readonly providerModules: readonly string[];
  readonly defaultModel: ModelRef;
  readonly webhookAllowedHosts: readonly string[];
  readonly webhookRetryWaitsMs: readonly number[];
  /** The keys that encrypt projects' secrets. */
  readonly secretsKeys: SecretsKeys;
  /** Null where no identity provider is configured. */
  readonly signIn: SignInConfig | null;

  /** @param place null for a process that runs alone: a single API process, a worker, a command. */
  constructor(
    readonly env: Environment,
    readonly backends: ResolvedBackends,
    readonly place: ProcessPlace | null = null,
  ) {
    this.production = env.NODE_ENV === 'production';
    this.homeDir = resolve(env.PROMPT_LEDGER_HOME);
    this.usesDefaultApiKey = env.API_KEY === DEFAULT_API_KEY;
    this.directDatabaseUrl = env.DATABASE_DIRECT_URL ?? backends.databaseUrl;
    this.corsOrigins = list(env.CORS_ORIGINS);
    this.providerModules = list(env.PROVIDER_MODULES);
    this.webhookAllowedHosts = list(env.WEBHOOK_ALLOWED_HOSTS);
    this.webhookRetryWaitsMs = list(env.WEBHOOK_RETRY_WAITS_MS).map(Number);
    const { secretsKey = null } = backends;
    this.secretsKeys = readSecretsKeys(env.SECRETS_KEY, secretsKey, env.SECRETS_KEY_PREVIOUS);
    this.signIn = readSignInConfig(env);
    this.defaultModel = parseModelRef(env.DEFAULT_MODEL ?? fallbackModel(env, backends));
  }

  /** Whether this process logs messages that are the same for all API processes of a supervisor, so that they appear once. */
  get speaksForAll(): boolean {
    return this.place === null || this.place.index === 1;
  }
}

/**
 * Checks the settings that production must not get wrong, before anything starts.
 * @throws ConfigurationError in production with the default admin key or without the secrets.
 */
export function assertSafeForProduction(env: Environment): void {
  if (env.NODE_ENV !== 'production') return;
  if (env.API_KEY === DEFAULT_API_KEY) {
    throw new ConfigurationError(
      'API_KEY is still the default one; set your own before running with NODE_ENV=production.',
    );
  }
  if (env.DATABASE_URL !== null && env.KEY_HASH_SECRET === null) {
    throw new ConfigurationError(
      'KEY_HASH_SECRET is not set; give every process the same random value of 32 bytes or more.',
    );
  }
}

/** The embedded start must answer without any account, so without a key it runs on the local `echo` model. */
function fallbackModel(env: Environment, backends: ResolvedBackends): string {
  return backends.embedded && env.OPENAI_API_KEY === null ? 'echo/echo' : 'openai/gpt-4o-mini';
}

function parseModelRef(text: string): ModelRef {
  const slash = text.indexOf('/');
  return { provider: text.slice(0, slash), modelName: text.slice(slash + 1) };
}

function list(value: string | null): string[] {
  return (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
