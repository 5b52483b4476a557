import { EventParser, type ServerSentEvent } from './event-parser.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Parses a text that arrives in pieces of this many bytes. */
function parse(text: string, pieceBytes = Infinity): ServerSentEvent[] {
  const parser = new EventParser();
  const bytes = bytesOf(text);
  const size = Math.min(pieceBytes, bytes.length);
  const events: ServerSentEvent[] = [];
  for (let at = 0; at < bytes.length; at += size) events.push(...parser.push(bytes.slice(at, at + size)));
  return events;
}

describe('events', () => {
  const text = [
    '\u{FEFF}event: execution\ndata: {"a":"ä€😀"}\n\n',
    ': keep-alive\n\n',
    'event:delta\rdata:one\rdata: two\r\r',
    'event: done\r\ndata:  three\r\ndata\r\nid: 7\r\nretry: 5\r\nnoise: x\r\n\r\n',
    'data: \u{FEFF}four\n\n',
  ].join('');
  const events = [
    { type: 'execution', data: '{"a":"ä€😀"}' },
    { type: 'delta', data: 'one\ntwo' },
    { type: 'done', data: ' three\n' },
    { type: 'message', data: '\u{FEFF}four' },
  ];

  it.each([1, 2, 3, 5, 7, 16, Infinity])('are the same in pieces of %d bytes', (size) => {
    expect(parse(text, size)).toEqual(events);
  });

  it('come as soon as they are ended, also by a carriage return whose line feed is still to come', () => {
    const parser = new EventParser();
    expect(parser.push(bytesOf('data: a\r\n\r'))).toEqual([{ type: 'message', data: 'a' }]);
    expect(parser.push(bytesOf('\n'))).toEqual([]);
    expect(parser.push(bytesOf('data: b\n\n'))).toEqual([{ type: 'message', data: 'b' }]);
  });

  it('are none without data or without their end, and leave their name to nobody', () => {
    expect(parse('event: a\n\ndata: b\n\nevent: c\ndata: d\n')).toEqual([{ type: 'message', data: 'b' }]);
    expect(parse('data\n\n')).toEqual([{ type: 'message', data: '' }]);
  });

  it('may be large, and have a bound, in one line or in many', () => {
    const mebibyte = 'x'.repeat(1024 ** 2);
    const full = (lines: number) => `data: ${mebibyte}\n`.repeat(lines);
    expect(parse(`${full(15)}\n${full(15)}\n`, 1024 ** 2).map(({ data }) => data.length)).toEqual([
      15 * 1024 ** 2 + 14,
      15 * 1024 ** 2 + 14,
    ]);
    expect(() => parse(full(17), 1024 ** 2)).toThrow(/more than 16777216 characters/);
    expect(() => parse(`: ${mebibyte.repeat(17)}`, 1024 ** 2)).toThrow(/more than 16777216 characters/);
    // Comments do not accumulate, because keep-alives may hold a stream open for days.
    expect(parse(`: ${mebibyte}\n`.repeat(20) + 'data: a\n\n', 1024 ** 2)).toHaveLength(1);
  });
});
