import type { Attempt, Execution } from '../../../sdk/src/index.js';
import { writeJson } from '../../kernel/index.js';
import { type Colours, indented, oneLine } from '../terminal/output.js';

/** Describes an execution for people, from the place of its prompt in the code to the model's answer. */
export function executionReport(execution: Execution, { bold, dim, green, red }: Colours): string {
  const { model, telemetry, error_message: errorMessage } = execution;
  const colour = execution.status === 'succeeded' ? green : execution.status === 'failed' ? red : bold;
  const facts: (readonly [string, string | null])[] = [
    [
      'status',
      colour(execution.status) + (execution.error_type === null ? '' : ` (${execution.error_type})`),
    ],
    ['error', errorMessage === null ? null : oneLine(errorMessage)],
    [
      'prompt',
      execution.prompt_name === null
        ? 'none: it came with its messages'
        : `${execution.prompt_name}, version ${execution.version_number}`,
    ],
    ['checksum', execution.checksum_hash],
    ['code', placeInCode(execution.git)],
    ['commit', describeCommit(execution.git)],
    ['model', oneLine(`${model.provider}/${model.model_name}`)],
    ['environment', oneLine(execution.environment)],
    ['correlation', execution.correlation_id === null ? null : oneLine(execution.correlation_id)],
    ['metadata', formatMetadata(execution)],
    ['origin', execution.origin],
    ['created', execution.created_at],
    ['completed', execution.completed_at],
    ['masked', (execution.masked ?? []).length === 0 ? null : oneLine(execution.masked.join(', '))],
    ['erased', execution.content_erased_at ?? null],
    ['tokens', formatTokens(telemetry.prompt_tokens, telemetry.response_tokens)],
    ['latency', telemetry.latency_ms === null ? null : `${telemetry.latency_ms} ms`],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = facts.flatMap(([name, value]) =>
    value === null ? [] : [`${dim(name.padEnd(width))}  ${value}`],
  );
  return [
    bold(`Execution ${execution.execution_id}`),
    ...lines,
    ...section('attempts', execution.attempts.map(attemptLine).join('\n')),
    ...section('variables', execution.variables === null ? '' : writeJson(execution.variables, 2)),
    ...section('prompt as sent', execution.rendered_prompt ?? formatMessages(execution)),
    ...section('answer', execution.response_text ?? ''),
  ].join('\n');

  function section(title: string, text: string): string[] {
    return text === '' ? [] : ['', bold(title), indented(text)];
  }
}

type Git = Execution['git'];

/** Formats `src/prompts.ts:12`, which editors can open. */
function placeInCode(git: Git): string | null {
  const file = git?.['file'];
  const line = git?.['line'];
  if (typeof file !== 'string') return null;
  return oneLine(typeof line === 'number' ? `${file}:${line}` : file);
}

function describeCommit(git: Git): string | null {
  const { commit, branch, repository, dirty } = git ?? {};
  if (typeof commit !== 'string') return null;
  const where = [repository, branch].filter((part) => typeof part === 'string').join(' ');
  const changed = dirty === true ? ', with changes that are in no commit' : '';
  return oneLine(`${commit}${where === '' ? '' : ` (${where})`}${changed}`);
}

/** Formats `user=u-4711, plan=free`. */
function formatMetadata({ metadata }: Execution): string | null {
  if (metadata === undefined) return null;
  return oneLine(
    Object.entries(metadata)
      .map(([key, value]) => `${key}=${value}`)
      .join(', '),
  );
}

function formatTokens(prompt: number | null, response: number | null): string | null {
  if (prompt === null && response === null) return null;
  return `${prompt ?? '?'} → ${response ?? '?'}`;
}

function formatMessages({ messages }: Execution): string {
  return (messages ?? []).map(({ role, content }) => `${role}:\n${indented(content)}`).join('\n');
}

function attemptLine(attempt: Attempt): string {
  const parts = [
    `${attempt.attempt}. ${attempt.status}`,
    `${attempt.provider}/${attempt.model_name}`,
    attempt.started_at,
    attempt.latency_ms === null ? null : `${attempt.latency_ms} ms`,
    attempt.provider_request_id,
    attempt.error_message,
  ];
  return oneLine(parts.filter((part) => part !== null).join(' · '));
}
