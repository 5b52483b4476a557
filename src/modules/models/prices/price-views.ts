import { formatMicroUsd } from '../../../kernel/index.js';
import type { PriceRecord } from './price-records.js';
import type { PriceDto } from './prices.dto.js';

export function priceView(price: PriceRecord): PriceDto {
  const { cachedInputMicrosPerMtok: cached } = price;
  return {
    price_id: price.priceId,
    provider: price.provider,
    model_name: price.modelName,
    input_usd_per_mtok: formatMicroUsd(price.inputMicrosPerMtok),
    cached_input_usd_per_mtok: cached === null ? null : formatMicroUsd(cached),
    output_usd_per_mtok: formatMicroUsd(price.outputMicrosPerMtok),
    max_prompt_tokens: price.maxPromptTokens,
    valid_from: price.validFrom.toISOString(),
    valid_to: price.validTo?.toISOString() ?? null,
    source: price.source,
    created_at: price.createdAt.toISOString(),
    created_by: price.createdBy,
  };
}
