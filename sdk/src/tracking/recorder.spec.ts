import { Recorder } from './recorder.js';

/** Returns the record of one entry as it is sent to the ledger. */
async function sentOf(entry: unknown): Promise<unknown> {
  const sent: unknown[] = [];
  const recorder = new Recorder((entries) => {
    sent.push(...entries.map((json) => JSON.parse(json) as unknown));
    return Promise.resolve({
      recorded: entries.map((_, index) => ({ index, execution_id: 'x', version_number: 1 })),
      rejected: [],
    });
  });
  recorder.add('greeting', entry);
  await recorder.close();
  expect(recorder.stats).toEqual({ recorded: 1, queued: 0, dropped: 0 });
  return sent[0];
}

describe('what the ledger could not keep', () => {
  const half = '👋'.slice(0, 1);

  it.each<[string, unknown, unknown]>([
    ['a NUL', 'a\0b', 'a\ufffdb'],
    ['the first half of a character', `a${half}`, 'a\ufffd'],
    ['the second half of a character', `${'👋'.slice(1)}b`, '\ufffdb'],
    ['an answer cut within a character', 'x👋'.slice(0, 2), 'x\ufffd'],
    [
      'a variable',
      { name: 'a\0', list: [half, { deep: '\0' }] },
      { name: 'a\ufffd', list: ['\ufffd', { deep: '\ufffd' }] },
    ],
    ['a name of a variable', { 'a\0': 1 }, { 'a\ufffd': 1 }],
    ['whole characters', '👋 李雷 \\u0000 \\ud83d', '👋 李雷 \\u0000 \\ud83d'],
    ['other values beside it', ['\0', 1, null, true, 1.5], ['\ufffd', 1, null, true, 1.5]],
  ])('is U+FFFD in %s, and nothing is lost', async (_what, said, kept) => {
    expect(await sentOf({ response_text: said })).toEqual({ response_text: kept });
  });
});
