import type { AnswerEvent, AnsweringModel } from '../runs/answer-sink.js';
import type { ExecutionResultDto, StreamedExecutionDto } from '../wire/executions.dto.js';

/** Formats an answer as it streams, as our own events or as the clients of another API expect them. */
export interface StreamFormat {
  readonly begin: (execution: StreamedExecutionDto) => string;
  /** Called with the model that is about to answer, before anything is written. Optional. */
  readonly answeredBy?: (model: AnsweringModel) => void;
  readonly piece: (event: AnswerEvent) => string;
  /** @param body the answer of a succeeded execution: JSON text, as the API presents it. */
  readonly done: (body: string) => string;
  /** @param body the answer of a failed execution: a problem document, as JSON text. */
  readonly failed: (body: string) => string;
  /** Formats an existing answer as a whole stream. @param body as for `done`. */
  readonly replay: (body: string) => string;
}

/** Formats a Server-Sent Event. JSON text has no line breaks, so one line of data is enough. */
export function serverSentEvent(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}

/** Sends `execution`, any number of `delta`, and `done` or `error`. */
export const LEDGER_EVENTS: StreamFormat = {
  begin: (execution) => serverSentEvent('execution', JSON.stringify(execution)),
  piece: (event) => serverSentEvent('delta', JSON.stringify(toDelta(event))),
  done: (body) => serverSentEvent('done', body),
  failed: (body) => serverSentEvent('error', body),
  replay: (body) => {
    const result = JSON.parse(body) as ExecutionResultDto;
    const { response_text: text, tool_calls: calls } = result;
    const delta = {
      text: text ?? '',
      ...(calls === null ? {} : { tool_calls: calls.map((call, index) => ({ index, ...call })) }),
    };
    return [
      serverSentEvent('execution', JSON.stringify(toStreamedExecution(result))),
      serverSentEvent('delta', JSON.stringify(delta)),
      serverSentEvent('done', body),
    ].join('');
  },
};

function toDelta(event: AnswerEvent): object {
  if (event.type === 'delta') return { text: event.text };
  const { index, id, name, arguments: text } = event;
  return { text: '', tool_calls: [{ index, id, name, arguments: text }] };
}

function toStreamedExecution(result: ExecutionResultDto): StreamedExecutionDto {
  return {
    execution_id: result.execution_id,
    status: 'running',
    mode: result.mode,
    prompt_name: result.prompt_name,
    version_number: result.version_number,
    checksum_hash: result.checksum_hash,
    environment: result.environment,
    resolved_by: result.resolved_by,
    model: result.model,
    created_at: result.created_at,
  };
}
