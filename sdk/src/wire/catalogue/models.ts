export interface Model {
  /** For example `openai/gpt-4o-mini`. */
  readonly id: string;
  readonly object: 'model';
  readonly owned_by: string;
  readonly provider: string;
  readonly model_name: string;
  /** The limit of one answer; null if the vendor does not say. */
  readonly max_tokens: number | null;
  readonly supports_streaming: boolean;
}

export interface ModelList {
  readonly object: 'list';
  readonly data: readonly Model[];
}

export interface PutModelRequest {
  readonly max_tokens?: number | null;
  readonly supports_streaming?: boolean;
}
