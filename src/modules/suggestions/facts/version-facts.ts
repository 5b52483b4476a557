/** Example executions, newest first. A few are enough. */
export type Examples = readonly string[];

export interface VariableFacts {
  readonly name: string;
  /** Executions that sent the variable. */
  readonly executions: number;
  readonly distinct: number;
  /** The most frequent values, as JSON text. */
  readonly values: readonly {
    readonly value: string;
    readonly executions: number;
    readonly failures: number;
    readonly failedExecutionIds: Examples;
  }[];
}

export interface CauseFacts {
  /** The cause, such as `rate_limited` or `timeout`. */
  readonly cause: string;
  readonly count: number;
  readonly executionIds: Examples;
}

/** The facts from 30 days of executions of a version. Null means unknown. */
export interface VersionFacts {
  readonly promptName: string;
  readonly versionNumber: number;
  /** Executions that were examined: all of them, or the newest. */
  readonly executions: number;
  /** The total number in 30 days. Left out if all were examined. */
  readonly executions30d?: number;
  /** Executions that failed, violated the schema or did not pass. */
  readonly failures: number;
  readonly costUsd: string | null;
  readonly answers: {
    readonly count: number;
    readonly p99Tokens: number;
    readonly maxTokens: number;
    readonly executionIds: Examples;
  } | null;
  /** The limit that the executions were sent with; null for several or none. */
  readonly maxNewTokens: number | null;
  readonly promptTokens: {
    readonly total: number;
    readonly cached: number;
    /** The number of tokens with which all prompts begin alike. */
    readonly commonPrefix: number;
    readonly executions: number;
  } | null;
  readonly schema: {
    readonly checked: number;
    readonly failures: readonly {
      readonly pointer: string;
      readonly count: number;
      readonly executionIds: Examples;
    }[];
  } | null;
  readonly variables: readonly VariableFacts[];
  /** The number of executions whose variables were read. Left out if all were read. */
  readonly variablesRead?: { readonly executions: number; readonly failures: number };
  readonly experiments: readonly {
    readonly experimentId: string;
    readonly verdict: 'better' | 'worse' | 'no_difference' | 'cannot_tell';
    readonly items: number;
    readonly model: { readonly provider: string; readonly modelName: string };
    readonly other: { readonly provider: string; readonly modelName: string };
    /** The cost of one execution, as decimal numbers. */
    readonly costUsd: string;
    readonly otherCostUsd: string;
  }[];
  readonly retries: readonly CauseFacts[];
  readonly fallbacks: readonly (CauseFacts & { readonly from: string; readonly to: string })[];
}
