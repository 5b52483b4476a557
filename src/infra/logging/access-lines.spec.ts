import fc from 'fast-check';
import { pino } from 'pino';
import { eventually } from '../../../test/support/eventually.js';
import { type AccessLine, AccessLines } from './access-lines.js';

const LINE: AccessLine = {
  requestId: 'req-1',
  method: 'POST',
  path: '/v1/executions:run',
  status: 200,
  elapsedMs: 12.6,
  isComplete: true,
};

function setUp(level = 'info') {
  const sink = {
    writes: [] as string[],
    flushes: 0,
    write(lines: string) {
      this.writes.push(lines);
    },
    flushSync() {
      this.flushes += 1;
    },
  };
  const logger = pino({ level }, sink);
  return { sink, logger, lines: new AccessLines(logger, sink), byLogger: new AccessLines(logger, null) };
}

const withoutTime = (text: string) => text.replace(/"time":\d+/g, '"time":0');

describe('AccessLines', () => {
  it('writes what the logger would write, byte for byte', async () => {
    const { sink, lines, byLogger } = setUp();
    const line = fc.record<AccessLine>({
      requestId: fc.constantFrom(null, 'a', '0191-x=@+:/'),
      method: fc.constantFrom('GET', 'M-SEARCH'),
      path: fc.oneof(
        fc.string({ unit: 'binary' }).map((text) => `/${text}`),
        fc.webPath(),
      ),
      status: fc.integer({ min: 100, max: 599 }),
      elapsedMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
      isComplete: fc.boolean(),
    });
    for (const each of fc.sample(line, 300)) {
      sink.writes.splice(0);
      byLogger.write(each);
      lines.write(each);
      await eventually(() => sink.writes.length === 2);
      expect(withoutTime(sink.writes[1] ?? '')).toBe(withoutTime(sink.writes[0] ?? ''));
    }
  });

  it('hands over many lines at once, in their order', async () => {
    const { sink, lines } = setUp();
    for (const status of [200, 201, 202]) lines.write({ ...LINE, status });
    await eventually(() => sink.writes.length > 0);
    expect(sink.writes).toHaveLength(1);
    const statuses = (sink.writes[0] ?? '')
      .trim()
      .split('\n')
      .map((text) => (JSON.parse(text) as { res: { statusCode: number } }).res.statusCode);
    expect(statuses).toEqual([200, 201, 202]);
  });

  it('writes nothing where the level leaves requests out', async () => {
    const { sink, lines, byLogger } = setUp('warn');
    lines.write(LINE);
    byLogger.write(LINE);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(sink.writes).toEqual([]);
  });

  it('loses no line when the process exits', () => {
    const before = new Set(process.listeners('exit'));
    const { sink, lines } = setUp();
    const [flush] = process.listeners('exit').filter((listener) => !before.has(listener));
    lines.write(LINE);
    expect(sink.writes).toEqual([]);
    flush?.call(process, 0);
    expect(sink.writes).toHaveLength(1);
    expect(sink.flushes).toBe(1);
  });
});
