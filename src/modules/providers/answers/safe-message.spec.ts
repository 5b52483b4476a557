import { safeVendorMessage } from './safe-message.js';

const KEY = 'my-own-secret-word';
const PROMPT = 'Summarize: the quarterly figures\nare not public yet';
const safe = (message: unknown): string | null =>
  safeVendorMessage(message, { credentials: [KEY], texts: [PROMPT, 'Hi'] });

describe('safeVendorMessage', () => {
  it('passes on what helps', () => {
    expect(safe('The model `gpt-9` does not exist.')).toBe('The model `gpt-9` does not exist.');
  });

  it.each([
    [`Wrong key ${KEY}!`, 'Wrong key [redacted]!'],
    [
      'Incorrect API key provided: sk-ab12*****89yz. See the docs.',
      'Incorrect API key provided: [redacted] See the docs.',
    ],
    [
      'Incorrect API key provided: dummy. See the docs.',
      'Incorrect API key provided: [redacted] See the docs.',
    ],
    ['Token sk-proj-abc_DEF-123 has expired', 'Token [redacted] has expired'],
    ['Got Authorization: Bearer abcdef', 'Got Authorization: Bearer [redacted]'],
    [
      'Limit reached in organization org-uOtiSEwv on tokens',
      'Limit reached in organization [redacted] on tokens',
    ],
  ])('blackens credentials in: %s', (message, expected) => {
    expect(safe(message)).toBe(expected);
  });

  it.each([
    "Invalid value: 'Summarize: the quarterly figures'",
    'Blocked because of "figures are not public"',
    'Blocked: figures  are\tnot   public',
  ])('drops what quotes the prompt: %s', (message) => {
    expect(safe(message)).toBeNull();
  });

  it('makes one line of at most 300 characters', () => {
    expect(safe('a\r\n\u0000b\u001b[31m')).toBe('a b [31m');
    expect(safe('é'.repeat(1000))).toBe(`${'é'.repeat(299)}…`);
  });

  it.each([undefined, null, 42, {}, '', ' \n'])('has nothing to say of %p', (message) => {
    expect(safe(message)).toBeNull();
  });

  it('looks at the beginning of what is far too long', () => {
    const message = `No credit. ${'x'.repeat(5_000_000)} ${'<'.repeat(1_000_000)}`;
    expect(safeVendorMessage(message, { credentials: [], texts: [] })).toMatch(/^No credit\. x{288}…$/);
  });
});
