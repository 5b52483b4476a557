import type { StreamedExecutionDto } from '../../executions/index.js';
import { CompletionChunks } from './completion-chunks.js';

const EXECUTION: StreamedExecutionDto = {
  execution_id: '01900000-0000-7000-8000-000000000000',
  status: 'running',
  mode: 'sync',
  prompt_name: null,
  version_number: null,
  checksum_hash: null,
  environment: 'default',
  resolved_by: 'active',
  model: { provider: 'openai', model_name: 'gpt-4o-mini' },
  created_at: '2026-01-31T12:00:00.500Z',
};
const COMPLETION = {
  id: `chatcmpl-${EXECUTION.execution_id}`,
  object: 'chat.completion',
  created: 1_769_860_800,
  model: 'claude-haiku-4-5',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hello', refusal: null },
      logprobs: null,
      finish_reason: 'length',
    },
  ],
};

interface Chunk {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly usage?: unknown;
  readonly choices: readonly { readonly delta: unknown; readonly finish_reason: string | null }[];
}

function begun(includeUsage = false): CompletionChunks {
  const chunks = new CompletionChunks({ includeUsage });
  expect(chunks.begin(EXECUTION)).toBe('');
  return chunks;
}

function chunksOf(text: string): Chunk[] {
  const frames = text.split('\n\n').filter((frame) => frame !== '' && frame !== 'data: [DONE]');
  return frames.map((frame) => JSON.parse(frame.replace(/^data: /, '')) as Chunk);
}

describe('chunks of a completion', () => {
  it('begin with the role once, in front of the first piece', () => {
    const chunks = begun();
    const written =
      chunks.piece({ type: 'delta', text: 'He' }) + chunks.piece({ type: 'delta', text: 'llo' });
    expect(chunksOf(written).map(({ choices }) => choices[0]?.delta)).toEqual([
      { role: 'assistant', content: '', refusal: null },
      { content: 'He' },
      { content: 'llo' },
    ]);
  });

  it('name the execution, and the model that was asked while nobody says which one answers', () => {
    const [chunk] = chunksOf(begun().piece({ type: 'delta', text: 'Hello' }));
    expect(chunk).toMatchObject({ id: COMPLETION.id, created: COMPLETION.created, model: 'gpt-4o-mini' });
  });

  it('name the model that answers after another has failed', () => {
    const chunks = begun();
    chunks.answeredBy({ servedModelName: 'gpt-4o-mini-2024-07-18', extras: { system_fingerprint: 'fp_1' } });
    chunks.answeredBy({ servedModelName: 'claude-haiku-4-5' });
    const [first] = chunksOf(chunks.piece({ type: 'delta', text: 'Hello' }));
    expect(first).toMatchObject({ model: 'claude-haiku-4-5' });
    expect(first).not.toHaveProperty('system_fingerprint');
  });

  it('end with the reason and the mark, of an answer without a word too', () => {
    const written = begun().done(JSON.stringify(COMPLETION));
    expect(chunksOf(written).map(({ choices }) => choices[0])).toMatchObject([
      { delta: { role: 'assistant' }, finish_reason: null },
      { delta: {}, finish_reason: 'length' },
    ]);
    expect(written.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('have an empty object for calls that came without arguments, before the end', () => {
    const chunks = begun();
    const events = [
      { index: 0, id: 'a', name: 'now', arguments: '' },
      { index: 1, id: 'b', name: 'find', arguments: '' },
      { index: 1, arguments: '{"q":' },
      { index: 1, arguments: '1}' },
      { index: 2, id: 'c', name: 'here', arguments: ' ' },
    ];
    const pieces = events.map((event) => chunks.piece({ type: 'tool_call', ...event })).join('');
    const written = pieces + chunks.done(JSON.stringify(COMPLETION));
    const texts: string[] = [];
    for (const { choices } of chunksOf(written)) {
      const { tool_calls: calls = [] } = choices[0]?.delta as {
        tool_calls?: { index: number; function: { arguments: string } }[];
      };
      for (const call of calls) texts[call.index] = (texts[call.index] ?? '') + call.function.arguments;
    }
    expect(texts.map((text) => JSON.parse(text) as unknown)).toEqual([{}, { q: 1 }, {}]);
    expect(chunksOf(written).at(-1)?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'length' });
  });

  it('say the usage where it was asked for, and null where nobody knows it', () => {
    const [, , last] = chunksOf(begun(true).done(JSON.stringify(COMPLETION)));
    expect(last).toMatchObject({ choices: [], usage: null });
    const plain = chunksOf(begun().done(JSON.stringify(COMPLETION)));
    expect(plain).toHaveLength(2);
    expect(plain.filter((chunk) => 'usage' in chunk)).toEqual([]);
  });
});
