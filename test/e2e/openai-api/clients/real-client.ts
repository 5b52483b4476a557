/** The address of the API, and the number of retries. */
export interface ClientOptions {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly maxRetries: number;
}

export interface Usage {
  readonly input: number | undefined;
  readonly output: number | undefined;
}

/** The members that a program branches on when a call fails. */
export interface Failure {
  readonly status: number | undefined;
  /** Whether the client takes it for something that may pass. */
  readonly retryAfter: string | null;
}

/** One of the clients that people have, each used as its documentation has it. */
export interface RealClient {
  readonly chat: (text: string) => Promise<{ readonly text: string; readonly usage: Usage }>;
  readonly stream: (text: string) => Promise<{ readonly pieces: readonly string[]; readonly usage: Usage }>;
  /** Has the tools `get_weather` (`{city}`, answers `17 degrees in <city>`) and `get_time`, which takes nothing. */
  readonly callTools: (
    text: string,
    way: 'whole' | 'streamed',
  ) => Promise<{ readonly calls: readonly { name: string; input: unknown }[]; readonly text: string }>;
  /** By the schema `{first: string}`. */
  readonly structured: (text: string) => Promise<unknown>;
  /** Aborts when `whenToAbort` resolves; of a stream, reads until then. @returns once the client has given up. */
  readonly abort: (text: string, way: 'whole' | 'streamed', whenToAbort: Promise<void>) => Promise<void>;
  /** @throws what the client throws. */
  readonly ask: (text: string, way: 'whole' | 'streamed') => Promise<unknown>;
  /** Returns the failure that {@link ask} threw; undefined for one that is none of the client's own errors. */
  readonly failureOf: (error: unknown) => Failure | undefined;
}

export const MODEL = 'openai/gpt-4o-mini';

export const WEATHER_SCHEMA = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false,
};
export const NOTHING_SCHEMA = { type: 'object' as const, properties: {}, additionalProperties: false };
export const SEASON_SCHEMA = {
  type: 'object' as const,
  properties: { first: { type: 'string' as const } },
  required: ['first'],
  additionalProperties: false,
};

export function weatherIn(city: string): string {
  return `17 degrees in ${city}`;
}
