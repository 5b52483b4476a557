import type { ChatCompletionRequestDto } from './chat-completion-request.dto.js';
import { readRequest } from './read-request.js';

const read = (body: object) => readRequest(body as ChatCompletionRequestDto);
const USER = { role: 'user', content: 'Hello' };

describe('a chat completion as an execution', () => {
  it.each([[undefined], [null], [[]]])(
    'of a prompt has no further messages where they are %j',
    (messages) => {
      expect(read({ model: 'prompt/x', messages })).not.toHaveProperty('further_messages');
    },
  );

  it('of a prompt has the messages that came, behind its own', () => {
    const asked = read({
      model: 'prompt/x@2',
      messages: [USER, { role: 'developer', content: 'Be brief.' }],
    });
    expect(asked).toMatchObject({
      prompt_name: 'x',
      version_number: 2,
      further_messages: [USER, { role: 'system', content: 'Be brief.' }],
    });
    expect(asked).not.toHaveProperty('bare');
  });

  it('of messages has their members in their places', () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '' } };
    const turn = {
      role: 'assistant',
      content: null,
      tool_calls: [call],
      reasoning_content: 'hm',
      annotations: [],
    };
    const result = { role: 'tool', tool_call_id: 'c', content: '17', name: 'f' };
    expect(read({ model: 'a/b', messages: [{ ...USER, name: 'Ada' }, turn, result] }).bare?.messages).toEqual(
      [
        { ...USER, name: 'Ada' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'c', name: 'f', arguments: '{}' }],
          reasoning_content: 'hm',
        },
        { role: 'tool', tool_call_id: 'c', content: '17', name: 'f' },
      ],
    );
  });

  it('passes on whether calls may be parallel, and not as a part of the tools', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const asked = read({ model: 'a/b', messages: [USER], tools, parallel_tool_calls: false });
    expect(asked.bare?.extras).toEqual({ tools });
    expect(asked.vendor_params).toEqual({ parallel_tool_calls: false });
  });

  it.each<[string, object, string]>([
    ['options of a stream without one', { stream_options: { include_usage: true } }, '/stream_options'],
    ['a word for yes', { parallel_tool_calls: 'yes' }, '/parallel_tool_calls'],
    ['two limits', { max_tokens: 1, max_completion_tokens: 2 }, '/max_tokens'],
  ])('refuses %s', (_what, more, pointer) => {
    const refused = expect.objectContaining({
      errors: [expect.objectContaining({ pointer }) as unknown],
    }) as unknown;
    expect(() => read({ model: 'a/b', messages: [USER], ...more })).toThrow();
    try {
      read({ model: 'a/b', messages: [USER], ...more });
    } catch (error) {
      expect(error).toEqual(refused);
    }
  });

  it('takes options of a stream that say nothing', () => {
    expect(read({ model: 'a/b', messages: [USER], stream_options: {} })).toMatchObject({
      vendor_params: null,
    });
  });
});
