/** Executions that show something, newest first; a few are enough. */
export type Examples = readonly string[];

export interface VariableFacts {
  readonly name: string;
  /** Executions that sent it. */
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
  /** Such as `rate_limited` or `timeout`. */
  readonly cause: string;
  readonly count: number;
  readonly executionIds: Examples;
}

/** The facts from 30 days of executions of a version. Null is unknown. */
export interface VersionFacts {
  readonly promptName: string;
  readonly versionNumber: number;
  /** Executions that were looked at: all of them, or the newest. */
  readonly executions: number;
  /** All that there were in 30 days; left out where all were looked at. */
  readonly executions30d?: number;
  /** Executions that failed, were refused by the schema or did not pass; what "failure" is, is the asker's to say. */
  readonly failures: number;
  readonly costUsd: string | null;
  readonly answers: {
    readonly count: number;
    readonly p99Tokens: number;
    readonly maxTokens: number;
    readonly executionIds: Examples;
  } | null;
  /** The bound that the executions were sent with; null where they had several or none. */
  readonly maxNewTokens: number | null;
  readonly promptTokens: {
    readonly total: number;
    readonly cached: number;
    /** With how many tokens all prompts begin alike. */
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
  /** The number of executions whose variables were read; left out where all were. */
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
