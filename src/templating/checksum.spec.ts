import { createHash } from 'node:crypto';
import { checksumOf } from './index.js';
import type { ChatMessage } from './index.js';

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

describe('checksumOf', () => {
  it('of a text prompt is the SHA-256 of its template', () => {
    expect(checksumOf({ kind: 'text', templateSource: '' })).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    const templateSource = 'Summarize:\r\n{{text}} é😀';
    expect(checksumOf({ kind: 'text', templateSource })).toBe(sha256(templateSource));
  });

  it('of a chat prompt is that of a tag and its RFC 8785 JSON', () => {
    const messages: ChatMessage[] = [{ role: 'system', content: 'a "b"\n€' }];
    const json = '{"messages":[{"content":"a \\"b\\"\\n€","role":"system"}]}';
    expect(checksumOf({ kind: 'chat', messages })).toBe(sha256(`prompt-ledger/content/1\n${json}`));
  });

  it('does not depend on the order or number of members, but on that of messages', () => {
    const user: ChatMessage = { role: 'user', content: 'u' };
    const system: ChatMessage = { content: 's', role: 'system' };
    const extended = { ...system, extra: 1 } as ChatMessage;
    const known = checksumOf({ kind: 'chat', messages: [system, user] });
    expect(checksumOf({ kind: 'chat', messages: [extended, { content: 'u', role: 'user' }] })).toBe(known);
    expect(checksumOf({ kind: 'chat', messages: [user, system] })).not.toBe(known);
  });

  it('keeps a chat prompt apart from the text that is the same JSON', () => {
    const templateSource = '{"messages":[]}';
    expect(checksumOf({ kind: 'chat', messages: [] })).not.toBe(checksumOf({ kind: 'text', templateSource }));
  });
});
