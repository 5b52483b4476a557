import { PassThrough } from 'node:stream';
import { readSecret } from './read-secret.js';

class Terminal extends PassThrough {
  readonly modes: boolean[] = [];

  constructor(readonly isTTY: boolean) {
    super();
  }

  setRawMode(isRaw: boolean): this {
    this.modes.push(isRaw);
    return this;
  }
}

function ask(typed: readonly string[], isTTY = true) {
  const [input, output] = [new Terminal(isTTY), new PassThrough()];
  const answer = readSecret('Key: ', input as unknown as NodeJS.ReadStream, output);
  for (const keys of typed) input.write(keys);
  if (!isTTY) input.end();
  const shown = () => String(output.read() ?? '');
  return { answer, shown, input };
}

describe('a secret at a terminal', () => {
  it.each([
    [['sk-1', '23\r'], 'sk-123'],
    [['sk-x\u007f1\n'], 'sk-1'],
    [['wrong\u0015sk-1\r'], 'sk-1'],
    [['sk-1\r and more'], 'sk-1'],
    [[' sk-1 \r'], 'sk-1'],
  ])('is what was typed: %j', async (typed, secret) => {
    const { answer, shown, input } = ask(typed);
    expect(await answer).toBe(secret);
    expect(shown()).toBe('Key: \n');
    expect(input.modes).toEqual([true, false]);
  });

  it('is none after an interrupt, and without anything', async () => {
    await expect(ask(['sk-1\u0003']).answer).rejects.toThrow('Nothing was set.');
    await expect(ask(['\r']).answer).rejects.toThrow('there was none');
  });
});

it('is read from standard input without a terminal', async () => {
  const { answer, shown } = ask(['sk-1', '23\n'], false);
  expect(await answer).toBe('sk-123');
  expect(shown()).toBe('');
  await expect(ask([], false).answer).rejects.toThrow('there was none');
});
