import { plainToInstance, Transform } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateBy,
  validateSync,
} from 'class-validator';
import { ConfigurationError } from './configuration-error.js';
import { DEFAULT_API_KEY } from '../../kernel/index.js';
import { parseWrappingKey, splitList } from './secrets-keys.js';

const TRUE_WORDS = new Set(['true', '1', 'yes', 'on']);
const FALSE_WORDS = new Set(['false', '0', 'no', 'off']);
const MOST_ITEMS = 20;

/** Class-transformer's implicit conversion would read "false" as true, so each kind of variable has its own conversion. */
function Flag(): PropertyDecorator {
  return combine(
    Transform(({ value }: { value: unknown }) => {
      const word = String(value).toLowerCase();
      if (TRUE_WORDS.has(word)) return true;
      return FALSE_WORDS.has(word) ? false : value;
    }),
    IsBoolean({ message: '$property must be true or false' }),
  );
}

function Whole(min: number, max: number): PropertyDecorator {
  return combine(
    Transform(({ value }: { value: unknown }) => (/^\d+$/.test(String(value)) ? Number(value) : value)),
    IsInt({ message: `$property must be a whole number from ${min} to ${max}` }),
    Min(min, { message: `$property must be at least ${min}` }),
    Max(max, { message: `$property must be at most ${max}` }),
  );
}

const AUTO = 'auto';

function WholeOrAuto(min: number, max: number): PropertyDecorator {
  const isWithin = (value: unknown) =>
    value === AUTO || (Number.isInteger(value) && Number(value) >= min && Number(value) <= max);
  return combine(
    Transform(({ value }: { value: unknown }) => (/^\d+$/.test(String(value)) ? Number(value) : value)),
    ValidateBy({
      name: 'wholeOrAuto',
      validator: {
        validate: isWithin,
        defaultMessage: () => `$property must be a whole number from ${min} to ${max}, or ${AUTO}`,
      },
    }),
  );
}

/** A comma-separated list of whole numbers. */
function WholeList(min: number, max: number): PropertyDecorator {
  const isWithin = (item: string) => /^\d+$/.test(item) && Number(item) >= min && Number(item) <= max;
  return combine(
    Transform(({ value }: { value: unknown }) => {
      if (Array.isArray(value)) return value as number[];
      const items = String(value)
        .split(',')
        .map((item) => item.trim());
      return items.length <= MOST_ITEMS && items.every(isWithin) ? items.map(Number) : value;
    }),
    IsArray({
      message: `$property must be up to ${MOST_ITEMS} whole numbers from ${min} to ${max}, separated by commas`,
    }),
  );
}

function Text(): PropertyDecorator {
  return combine(IsOptional(), IsString());
}

function IsWrappingKey(): PropertyDecorator {
  return ValidateBy({
    name: 'isWrappingKey',
    validator: {
      validate: (value: unknown) =>
        value === null || (typeof value === 'string' && parseWrappingKey(value) !== null),
      defaultMessage: () => '$property must be 32 random bytes in base64 or hex',
    },
  });
}

function IsWrappingKeyList(): PropertyDecorator {
  return ValidateBy({
    name: 'isWrappingKeyList',
    validator: {
      validate: (value: unknown) =>
        value === null ||
        (typeof value === 'string' && splitList(value).every((text) => parseWrappingKey(text) !== null)),
      defaultMessage: () => '$property must be keys of 32 bytes in base64 or hex, separated by commas',
    },
  });
}

/** An origin such as `https://ledger.example.com`. A trailing slash is ignored. */
function IsOrigin(): PropertyDecorator {
  return combine(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.replace(/\/$/, '') : value,
    ),
    ValidateBy({
      name: 'isOrigin',
      validator: {
        validate: (value: unknown) =>
          value === null ||
          (typeof value === 'string' &&
            /^https?:\/\//.test(value) &&
            URL.canParse(value) &&
            new URL(value).origin === value),
        defaultMessage: () =>
          '$property must be an origin without a path, such as https://ledger.example.com',
      },
    }),
  );
}

function combine(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, key) => decorators.forEach((decorate) => decorate(target, key));
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const GIB = 1024 ** 3;
const BILLION = 1_000_000_000;

/**
 * Every environment variable the service reads, with its default. `docs/configuration.md` explains each one, and a test keeps the two in
 * step. `null` is "unset"; an empty variable counts as unset.
 */
export class Environment {
  @Text() @IsIn(['development', 'production', 'test']) NODE_ENV = 'development';
  @Whole(0, 65_535) PORT = 8000;
  @Text() HOST: string | null = null;
  @WholeOrAuto(1, 128) WEB_CONCURRENCY: number | typeof AUTO = 1;
  @Text() PROMPT_LEDGER_HOME = '.prompt-ledger';

  @Text() DATABASE_URL: string | null = null;
  @Text() DATABASE_DIRECT_URL: string | null = null;
  @Text() MIGRATION_DATABASE_URL: string | null = null;
  @Flag() MIGRATE_ON_START = false;
  @Whole(1, 200) DATABASE_POOL_SIZE = 8;
  @Text() REDIS_URL: string | null = null;

  @Text() API_KEY = DEFAULT_API_KEY;
  @Text() KEY_HASH_SECRET: string | null = null;
  @Text() @IsWrappingKey() SECRETS_KEY: string | null = null;
  @Text() @IsWrappingKeyList() SECRETS_KEY_PREVIOUS: string | null = null;
  @Text() CORS_ORIGINS: string | null = null;
  @Whole(0, 10) TRUSTED_PROXIES = 0;
  @Text() @IsOrigin() PUBLIC_URL: string | null = null;
  @Text() OIDC_ISSUER: string | null = null;
  @Text() OIDC_CLIENT_ID: string | null = null;
  @Text() OIDC_CLIENT_SECRET: string | null = null;
  @Text()
  @Matches(/^\s*[^\s@,]+@[^\s@,]+\s*(?:,\s*[^\s@,]+@[^\s@,]+\s*)*$/, {
    message: 'ADMIN_EMAILS must be addresses, separated by commas',
  })
  ADMIN_EMAILS: string | null = null;

  @Flag() WORKER = true;
  @Whole(1, 1000) CONCURRENCY = 16;
  @Whole(10, HOUR_MS) POLL_INTERVAL_MS = 1000;
  @Whole(1000, HOUR_MS) LEASE_MS = 30_000;
  @Whole(1000, 24 * HOUR_MS) RETENTION_INTERVAL_MS = 600_000;
  @Whole(0, HOUR_MS) SHUTDOWN_GRACE_MS = 30_000;
  @Whole(1, 10_000_000) MAX_QUEUED = 100_000;
  @Whole(1, 100_000) MAX_CONCURRENT_REQUESTS = 512;
  @Whole(1, 100_000) MAX_CONCURRENT_STREAMS = 2048;
  @Whole(0, BILLION) RATE_LIMIT_KEY_REQUESTS = 0;
  @Whole(0, BILLION) RATE_LIMIT_KEY_TOKENS = 0;
  @Whole(0, BILLION) RATE_LIMIT_PROJECT_REQUESTS = 0;
  @Whole(0, BILLION) RATE_LIMIT_PROJECT_TOKENS = 0;
  @Whole(1, 1000) JOURNAL_MAX_ROWS = 256;
  @Whole(24, 24 * 365) IDEMPOTENCY_TTL_HOURS = 24;
  @Whole(1000, 24 * HOUR_MS) BUDGET_HOLD_MS = 10 * MINUTE_MS;
  @Whole(0, HOUR_MS) SHUTDOWN_LINGER_MS = 1000;
  @Whole(1, 100) MAX_ATTEMPTS = 10;
  @WholeList(0, HOUR_MS) RETRY_WAITS_MS: readonly number[] = [5000, 30_000, 2 * MINUTE_MS];

  @Text()
  @Matches(/^[a-z][a-z0-9-]*\/.+$/, { message: 'DEFAULT_MODEL must look like provider/model_name' })
  DEFAULT_MODEL: string | null = null;
  @Whole(1, HOUR_MS) DEFAULT_TIMEOUT_MS = MINUTE_MS;
  @Whole(1, 24 * HOUR_MS) MAX_TIMEOUT_MS = 10 * MINUTE_MS;
  @Whole(1, HOUR_MS) PROVIDER_IDLE_TIMEOUT_MS = MINUTE_MS;
  @Whole(0, 1000) CIRCUIT_FAILURES = 20;
  @Whole(1, HOUR_MS) CIRCUIT_OPEN_MS = 10_000;
  @Text() OPENAI_API_KEY: string | null = null;
  @Text() OPENAI_BASE_URL: string | null = null;
  @Text() ANTHROPIC_API_KEY: string | null = null;
  @Text() ANTHROPIC_BASE_URL: string | null = null;
  @Text() GEMINI_API_KEY: string | null = null;
  @Text() GOOGLE_API_KEY: string | null = null;
  @Text() GOOGLE_GEMINI_BASE_URL: string | null = null;
  @Text() AZURE_OPENAI_API_KEY: string | null = null;
  @Text() AZURE_OPENAI_ENDPOINT: string | null = null;
  @Text() AZURE_OPENAI_API_VERSION: string | null = null;
  @Text() OPENAI_COMPATIBLE: string | null = null;
  @Text() PROVIDER_MODULES: string | null = null;

  @Text() WEBHOOK_ALLOWED_HOSTS: string | null = null;
  @Whole(1, 1000) WEBHOOK_CONCURRENCY = 16;
  @Whole(1, 10 * MINUTE_MS) WEBHOOK_TIMEOUT_MS = 15_000;
  @Text()
  @Matches(/^\d{1,9}(?: *, *\d{1,9})*$/, {
    message: 'WEBHOOK_RETRY_WAITS_MS must be milliseconds, separated by commas',
  })
  WEBHOOK_RETRY_WAITS_MS = '5000,300000,1800000,7200000,18000000,36000000,50400000,72000000,86400000';

  @Whole(1024, GIB) MAX_BODY_BYTES = 1024 ** 2;
  @Whole(1024, GIB) MAX_BULK_BODY_BYTES = 16 * 1024 ** 2;
  @Whole(1, GIB) MAX_RENDERED_PROMPT_BYTES = 200 * 1024;
  @Whole(1, GIB) MAX_RESPONSE_BYTES = 500 * 1024;

  @Text() @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']) LOG_LEVEL: string | null =
    null;
  @Text() @IsIn(['json', 'pretty']) LOG_FORMAT: string | null = null;
  @Flag() DEBUG = false;

  @Text() METRICS_TOKEN: string | null = null;
  @IsOptional() @Whole(0, 65_535) METRICS_PORT: number | null = null;
}

/** The names of all variables, for the documentation's test. */
export const ENVIRONMENT_NAMES = Object.keys(new Environment()) as (keyof Environment)[];

/**
 * Parses and checks the variables once.
 * @throws ConfigurationError with one sentence for each variable that is invalid.
 */
export function parseEnvironment(variables: Readonly<Record<string, unknown>>): Environment {
  const known = ENVIRONMENT_NAMES.filter((name) => variables[name] !== undefined && variables[name] !== '');
  // npm's `debug` package also reads DEBUG ("DEBUG=express:*"); such a value is not meant for this service.
  const plain = Object.fromEntries(
    known
      .filter((name) => name !== 'DEBUG' || isFlag(variables[name]))
      .map((name) => [name, variables[name]]),
  );
  const environment = plainToInstance(Environment, plain, { exposeDefaultValues: true });
  const problems = validateSync(environment).flatMap((error) => Object.values(error.constraints ?? {}));
  if (problems.length > 0) throw new ConfigurationError(`${problems.join('; ')}.`);
  return environment;
}

function isFlag(value: unknown): boolean {
  const word = String(value).toLowerCase();
  return TRUE_WORDS.has(word) || FALSE_WORDS.has(word);
}
