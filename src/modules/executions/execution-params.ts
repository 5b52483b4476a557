import type { ProviderParams } from '../providers/index.js';

/** The columns that params are kept in. */
export interface ParamColumns {
  readonly temperature: number | null;
  readonly topK: number | null;
  readonly topP: number | null;
  readonly repetitionPenalty: number | null;
  readonly maxNewTokens: number | null;
  /** `stop` and `seed`, as JSON text; null when neither was sent. */
  readonly furtherParams: string | null;
}

export function paramColumns(params: ProviderParams): ParamColumns {
  const { stop, seed } = params;
  const further = { ...(stop === undefined ? {} : { stop }), ...(seed === undefined ? {} : { seed }) };
  return {
    temperature: params.temperature ?? null,
    topK: params.top_k ?? null,
    topP: params.top_p ?? null,
    repetitionPenalty: params.repetition_penalty ?? null,
    maxNewTokens: params.max_new_tokens ?? null,
    furtherParams: Object.keys(further).length === 0 ? null : JSON.stringify(further),
  };
}

/** The params again, those that were sent and no others. */
export function paramsOf(columns: ParamColumns): ProviderParams {
  const further = columns.furtherParams === null ? {} : (JSON.parse(columns.furtherParams) as ProviderParams);
  return {
    ...(columns.maxNewTokens === null ? {} : { max_new_tokens: columns.maxNewTokens }),
    ...(columns.temperature === null ? {} : { temperature: columns.temperature }),
    ...(columns.topP === null ? {} : { top_p: columns.topP }),
    ...(columns.topK === null ? {} : { top_k: columns.topK }),
    ...(columns.repetitionPenalty === null ? {} : { repetition_penalty: columns.repetitionPenalty }),
    ...further,
  };
}
