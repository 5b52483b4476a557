import { formatPicoUsd } from '../../../kernel/index.js';
import type { ScorableAnswer } from '../scorable-answer.js';

/**
 * Returns the input of a scorer's code, as JSON: `{variables, expected, response_text, tool_calls, telemetry}`. `expected` is left out if
 * nothing was expected. The code gets numbers as JavaScript numbers.
 */
export function composeCodeInput({
  variablesJson,
  expectedJson,
  responseText,
  toolCalls,
  telemetry,
}: ScorableAnswer): string {
  const { latencyMs, promptTokens, responseTokens, costPicoUsd, finishReason } = telemetry;
  const members = [
    `"variables":${variablesJson}`,
    ...(expectedJson === null ? [] : [`"expected":${expectedJson}`]),
    `"response_text":${JSON.stringify(responseText)}`,
    `"tool_calls":${JSON.stringify(toolCalls)}`,
    `"telemetry":${JSON.stringify({
      latency_ms: latencyMs,
      prompt_tokens: promptTokens,
      response_tokens: responseTokens,
      cost_usd: costPicoUsd === null ? null : formatPicoUsd(BigInt(costPicoUsd)),
      finish_reason: finishReason,
    })}`,
  ];
  return `{${members.join(',')}}`;
}
