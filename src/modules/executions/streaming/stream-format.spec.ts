import type { ExecutionResultDto } from '../wire/executions.dto.js';
import { BEGUN, RESULT } from './event-stream.testkit.js';
import { LEDGER_EVENTS } from './stream-format.js';

describe('a repeated answer', () => {
  const replay = (more: Partial<ExecutionResultDto>) =>
    LEDGER_EVENTS.replay(JSON.stringify({ ...RESULT, ...more }))
      .split('\n\n')
      .slice(0, -1);

  it('is told as it began, in one piece, and byte for byte at the end', () => {
    const events = replay({});
    expect(events).toEqual([
      `event: execution\ndata: ${JSON.stringify(BEGUN)}`,
      'event: delta\ndata: {"text":"Hello"}',
      `event: done\ndata: ${JSON.stringify(RESULT)}`,
    ]);
  });

  it('has the calls of tools with their numbers', () => {
    const tool_calls = [
      { id: 'c1', name: 'search', arguments: '{"q":1}' },
      { id: 'c2', name: 'open', arguments: '' },
    ];
    const [, delta] = replay({ response_text: '', tool_calls });
    expect(JSON.parse(delta?.split('data: ')[1] ?? '')).toEqual({
      text: '',
      tool_calls: tool_calls.map((call, index) => ({ index, ...call })),
    });
  });
});
