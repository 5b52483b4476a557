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
  /** Whether the client considers it transient. */
  readonly retryAfter: string | null;
}

/** One of the clients that people use, driven as its documentation says. */
export interface RealClient {
  readonly chat: (text: string) => Promise<{ readonly text: string; readonly usage: Usage }>;
  readonly stream: (text: string) => Promise<{ readonly pieces: readonly string[]; readonly usage: Usage }>;
  /** Offers the tools `get_weather` (`{city}`, answers `17 degrees in <city>`) and `get_time`, which takes nothing. */
  readonly callTools: (
    text: string,
    way: 'whole' | 'streamed',
  ) => Promise<{ readonly calls: readonly { name: string; input: unknown }[]; readonly text: string }>;
  /** Asks for an answer with the schema `{first: string}`. */
  readonly structured: (text: string) => Promise<unknown>;
  /** Aborts when `whenToAbort` resolves, and reads a stream until then. @returns once the client has given up. */
  readonly abort: (text: string, way: 'whole' | 'streamed', whenToAbort: Promise<void>) => Promise<void>;
  /** @throws the client's own error. */
  readonly ask: (text: string, way: 'whole' | 'streamed') => Promise<unknown>;
  /** Returns the failure that {@link ask} threw; undefined unless it is one of the client's own errors. */
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
