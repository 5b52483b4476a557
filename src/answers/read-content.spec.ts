import { contentText, readContent } from './read-content.js';

const THINKING = { type: 'thinking', thinking: [{ type: 'text', text: 'Let me think.' }], closed: true };

describe('readContent', () => {
  it.each<[string, unknown, string]>([
    ['a text', 'Hello', 'Hello'],
    ['a part', [{ type: 'text', text: 'Hello' }], 'Hello'],
    [
      'several parts',
      [
        { type: 'text', text: 'Hel' },
        { type: 'text', text: 'lo' },
      ],
      'Hello',
    ],
    ['parts of OpenAI’s responses', [{ type: 'output_text', text: 'Hello', annotations: [] }], 'Hello'],
    ['texts in a list', ['Hel', 'lo'], 'Hello'],
    ['texts and parts in turn', ['Hel', { type: 'text', text: 'lo' }], 'Hello'],
    ['a text with a value', [{ type: 'text', text: { value: 'Hello', annotations: [] } }], 'Hello'],
    ['one part alone', { type: 'text', text: 'Hello' }, 'Hello'],
    ['a part without a type', [{ text: 'Hello' }], 'Hello'],
    ['a part of a type that nobody knows', [{ type: 'paragraph', text: 'Hello' }], 'Hello'],
    ['a part whose text is called otherwise', [{ type: 'markdown', content: 'Hello' }], 'Hello'],
    ['a part whose value is the text', [{ type: 'string', value: 'Hello' }], 'Hello'],
    ['parts in a part', { parts: [{ text: 'Hel' }, { text: 'lo' }] }, 'Hello'],
    ['lists in a list', [[{ type: 'text', text: 'Hel' }], ['lo']], 'Hello'],
    [
      'a message in its own content',
      { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
      'Hello',
    ],
    ['Mistral’s thinking before the answer', [THINKING, { type: 'text', text: 'Hello' }], 'Hello'],
    [
      'Mistral’s references',
      [
        { type: 'text', text: 'Hello' },
        { type: 'reference', reference_ids: [1] },
      ],
      'Hello',
    ],
    ['Gemini’s thoughts', [{ text: 'Hm.', thought: true }, { text: 'Hello' }], 'Hello'],
    ['thoughts without a type', [{ thinking: 'Hm.' }, { text: 'Hello' }], 'Hello'],
    [
      'reasoning with a summary',
      [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] }, 'Hello'],
      'Hello',
    ],
    [
      'empty parts between',
      [null, '', {}, [], { type: 'text', text: '' }, { type: 'text', text: 'Hello' }],
      'Hello',
    ],
    ['a picture beside a text', [{ type: 'image_url', image_url: { url: 'data:,' } }, 'Hello'], 'Hello'],
    ['a number that a server in JSON mode forgot to quote', 42, '42'],
  ])('reads %s', (_what, content, text) => {
    expect(contentText(content)).toBe(text);
  });

  it.each<[string, unknown]>([
    ['a part', [{ type: 'refusal', refusal: 'No.' }]],
    ['a part whose text is called text', [{ type: 'refusal', text: 'No.' }]],
    ['a part without a type', { refusal: 'No.' }],
  ])('tells a refusal in %s', (_what, content) => {
    expect(readContent(content)).toMatchObject({
      pieces: [{ text: 'No.', isRefusal: true }],
      hasUnknown: false,
    });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['an empty list', []],
    ['a part without a text', [{ type: 'text', text: null }]],
    ['thoughts alone', [THINKING]],
    ['a call alone', [{ type: 'tool_use', id: 'a', name: 'f', input: { text: 'no answer' } }]],
  ])('takes %s for no content', (_what, content) => {
    expect(readContent(content)).toMatchObject({ pieces: [], hasUnknown: false });
  });

  it.each<[string, unknown]>([
    ['a picture', [{ type: 'image', source: { data: 'iVBORw0' } }]],
    ['an object of no known member', { greeting: 'Hello' }],
    ['true', true],
    ['more lists than anybody nests', [[[[[[[[[[['Hello']]]]]]]]]]]],
  ])('says that it does not understand %s', (_what, content) => {
    expect(readContent(content)).toMatchObject({ pieces: [], hasUnknown: true });
  });
});
