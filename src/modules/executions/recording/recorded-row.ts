import type { RecordEntry } from '../../../infra/database/index.js';
import { parseRfc3339 } from '../../../infra/http/index.js';
import {
  costPicoUsd,
  type ErrorEntry,
  parseJson,
  ValidationError,
  writeJson,
} from '../../../kernel/index.js';
import type { RenderedPrompt } from '../../../templating/index.js';
import type { PriceRecord } from '../../models/index.js';
import type { ResolvedBy, ResolvedVersion } from '../../prompts/index.js';
import { parseUsage, type UsageCounts } from '../../../answers/index.js';
import { ResponseCollector, safeVendorMessage } from '../../providers/index.js';
import { DEFAULT_ENVIRONMENT, paramsOfRequest } from '../admission/execution-request.js';
import { metadataOrNull } from '../wire/execution-metadata.js';
import type { OutputCheck } from '../facts/output-check.js';
import { toVerdict } from '../record/index.js';
import { paramColumns } from '../facts/execution-params.js';
import type { ToolCallDto } from '../wire/executions.dto.js';
import type { KeptContent } from '../masking/index.js';
import type { RecordedToolCallDto, RecordEntryDto } from './recording.dto.js';

/** An entry with the facts that its row needs. */
export interface Recording {
  readonly entry: RecordEntryDto;
  readonly executionId: string;
  readonly requestedBy: string;
  /** Null for the instance admin. */
  readonly keyId: string | null;
  /** The time of the recording, by the database's clock. */
  readonly createdAt: Date;
  readonly version: ResolvedVersion;
  readonly resolvedBy: ResolvedBy;
  readonly rendered: RenderedPrompt;
  /** Stored in place of variables and prompt when some of them are masked. */
  readonly kept: KeptContent | null;
  /** The text of `variables` as received. */
  readonly variablesJson: string;
  /** The text of `usage.raw` as received; null without one. */
  readonly usageJson: string | null;
  readonly maxResponseBytes: number;
  /** Null when the answer was not checked. */
  readonly output: OutputCheck | null;
  /** The price in effect when the call was made; null when none is known. */
  readonly price: PriceRecord | null;
}

/** The same limit as for a provider's usage object, which has a few hundred characters. */
const MAX_USAGE_CHARS = 65_536;
/** The part of a message that is read to find the line of 300 characters that is kept. */
const MAX_MESSAGE_CHARS = 600;
const FIRST_YEAR_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Builds an entry of the statement in {@link RecordingRepository}. @throws ValidationError `VALIDATION_FAILED` for contradictions. */
export function recordedRow(recording: Recording): RecordEntry {
  const { entry, version, kept } = recording;
  const rendered = kept === null ? recording.rendered : kept.rendered;
  assertConsistent(recording);
  const startedAtMs = toStartedAtMs(entry);
  const params = paramColumns(paramsOfRequest(entry.params ?? {}));
  return {
    execution_id: recording.executionId,
    prompt_id: version.promptId,
    version_id: version.versionId,
    provider: entry.model.provider,
    model_name: entry.model.model_name,
    environment: entry.environment ?? DEFAULT_ENVIRONMENT,
    prompt_mode: version.promptMode,
    status: entry.status,
    correlation_id: entry.correlation_id,
    metadata: metadataOrNull(entry.metadata),
    resolved_by: recording.resolvedBy,
    requested_by: recording.requestedBy,
    key_id: recording.keyId,
    created_at: recording.createdAt,
    started_at: new Date(startedAtMs),
    completed_at: new Date(startedAtMs + (entry.latency_ms ?? 0)),
    latency_ms: entry.latency_ms,
    ...usageFields(recording),
    usage: maskJson(recording),
    finish_reason: entry.finish_reason,
    provider_request_id: entry.provider_request_id,
    variables_json: kept === null ? recording.variablesJson : kept.variablesJson,
    masked: kept?.masked,
    temperature: params.temperature,
    top_k: params.topK,
    top_p: params.topP,
    repetition_penalty: params.repetitionPenalty,
    max_new_tokens: params.maxNewTokens,
    further_params: params.furtherParams,
    rendered_prompt: rendered.kind === 'text' ? rendered.text : null,
    rendered_messages: rendered.kind === 'chat' ? JSON.stringify(rendered.messages) : null,
    ...failureFields(recording),
    ...responseFields(recording),
    ...(recording.output === null ? null : toVerdict(recording.output)),
  };
}

/** Returns the usage with its cost, which is null without a known price or when counts are missing. */
function usageFields({ entry, price }: Recording): RecordEntry {
  const counts = toCounts(entry);
  const cost = price === null ? null : costPicoUsd(counts, price);
  return {
    prompt_tokens: counts.promptTokens,
    response_tokens: counts.responseTokens,
    cached_prompt_tokens: counts.cachedPromptTokens,
    reasoning_tokens: counts.reasoningTokens,
    cost_pico_usd: cost?.toString(),
    price_id: cost === null ? null : price?.priceId,
  };
}

/**
 * Prefers the vendor's own usage, parsed as the adapters parse it, over the client's counts. An older client takes Anthropic's
 * `input_tokens`, which exclude the cache, for the whole prompt.
 */
function toCounts({ usage }: RecordEntryDto): UsageCounts {
  const said = parseUsage(usage?.raw);
  return {
    ...said,
    promptTokens: said.promptTokens ?? usage?.prompt_tokens ?? null,
    responseTokens: said.responseTokens ?? usage?.response_tokens ?? null,
  };
}

/** Accepts any offset and case. */
function toStartedAtMs({ started_at: text }: RecordEntryDto): number {
  return (parseRfc3339(text) as Date).getTime();
}

function maskJson({ usageJson, kept }: Recording): string | null {
  if (kept === null || usageJson === null) return usageJson;
  return writeJson(kept.values.maskData(parseJson(usageJson)));
}

function failureFields({ entry, kept }: Recording): RecordEntry {
  const { status, error_type: type, error_message: message } = entry;
  if (status === 'succeeded') return {};
  // A client may quote a vendor's message that quotes a key.
  const start = (kept === null ? message : kept.values.maskData(message))?.slice(0, MAX_MESSAGE_CHARS);
  const safe = safeVendorMessage(start, { credentials: [], texts: [] });
  return { error_type: type ?? 'provider_error', error_message: safe };
}

function responseFields({ entry, maxResponseBytes, kept }: Recording): RecordEntry {
  const { response_text: told = null, tool_calls: asked } = entry;
  const [text, calls] =
    kept === null ? [told, asked] : [kept.values.maskData(told), kept.values.maskData(asked)];
  const toolCalls = calls ?? [];
  if (text === null && toolCalls.length === 0) return {};
  const collector = new ResponseCollector(maxResponseBytes);
  // An answer of tool calls alone has an empty text, as for the ledger's own executions.
  collector.add(text ?? '');
  const stored = collector.finish();
  return {
    response_text: stored.text,
    response_truncated: stored.truncated,
    response_bytes: stored.totalBytes,
    response_sha256: stored.sha256,
    tool_calls: toolCalls.length === 0 ? null : JSON.stringify(toolCalls.map(toToolCall)),
  };
}

function toToolCall(call: RecordedToolCallDto, index: number): ToolCallDto {
  return { id: call.id ?? `call_${index}`, name: call.name, arguments: call.arguments };
}

/** Refuses entries that the types allow but whose members contradict each other or cannot be stored. */
function assertConsistent({ entry, usageJson }: Recording): void {
  const errors: ErrorEntry[] = [];
  const refuse = (pointer: string, message: string) => errors.push({ pointer, message });
  if (entry.status === 'succeeded') {
    if (entry.response_text === undefined) {
      refuse('/response_text', 'is required of what succeeded; null for an answer without text');
    }
    for (const member of ['error_type', 'error_message'] as const) {
      if ((entry[member] ?? null) !== null) refuse(`/${member}`, 'must be null of what succeeded');
    }
  }
  if (usageJson !== null && usageJson.length > MAX_USAGE_CHARS) {
    refuse('/usage/raw', `must not be longer than ${MAX_USAGE_CHARS} characters`);
  }
  const startedAtMs = toStartedAtMs(entry);
  if (startedAtMs < FIRST_YEAR_MS || startedAtMs + (entry.latency_ms ?? 0) > LAST_MS) {
    refuse('/started_at', 'must begin and, with latency_ms, end in the years 1 to 9999');
  }
  if (errors.length > 0) throw new ValidationError('Correct what "errors" lists of this execution.', errors);
}
