import type { ProviderParams } from '../../providers/index.js';

/** The columns that hold the params. */
export interface ParamColumns {
  readonly temperature: number | null;
  readonly topK: number | null;
  readonly topP: number | null;
  readonly repetitionPenalty: number | null;
  readonly maxNewTokens: number | null;
  /** `stop`, `seed` and `vendor_params`, as JSON text; null when none of them was sent. */
  readonly furtherParams: string | null;
}

/** Members of OpenAI's API that came with a request, under its names. */
export type VendorParams = Readonly<Record<string, unknown>>;

export function paramColumns(params: ProviderParams, vendorParams?: VendorParams): ParamColumns {
  const { stop, seed } = params;
  const further = {
    ...(stop === undefined ? {} : { stop }),
    ...(seed === undefined ? {} : { seed }),
    ...(vendorParams === undefined ? {} : { vendor_params: vendorParams }),
  };
  return {
    temperature: params.temperature ?? null,
    topK: params.top_k ?? null,
    topP: params.top_p ?? null,
    repetitionPenalty: params.repetition_penalty ?? null,
    maxNewTokens: params.max_new_tokens ?? null,
    furtherParams: Object.keys(further).length === 0 ? null : JSON.stringify(further),
  };
}

/** Restores the params that were sent, and no others. */
export function toParams(columns: ParamColumns): ProviderParams {
  const { vendor_params: _, ...further } = readFurther(columns);
  return {
    ...(columns.maxNewTokens === null ? {} : { max_new_tokens: columns.maxNewTokens }),
    ...(columns.temperature === null ? {} : { temperature: columns.temperature }),
    ...(columns.topP === null ? {} : { top_p: columns.topP }),
    ...(columns.topK === null ? {} : { top_k: columns.topK }),
    ...(columns.repetitionPenalty === null ? {} : { repetition_penalty: columns.repetitionPenalty }),
    ...further,
  };
}

/** Returns null when there were none. */
export function toVendorParams(columns: Pick<ParamColumns, 'furtherParams'>): VendorParams | null {
  return readFurther(columns).vendor_params ?? null;
}

type FurtherParams = Pick<ProviderParams, 'stop' | 'seed'> & { readonly vendor_params?: VendorParams };

function readFurther({ furtherParams }: Pick<ParamColumns, 'furtherParams'>): FurtherParams {
  return furtherParams === null ? {} : (JSON.parse(furtherParams) as FurtherParams);
}
