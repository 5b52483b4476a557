import { readFile, writeFile } from 'node:fs/promises';
import { CliError, EXIT } from './cli-error.js';
import { describeFailure } from './describe-failure.js';

describe('how a failed command ends', () => {
  it('is by its own sentence and exit code', () => {
    expect(describeFailure(new CliError('No.', EXIT.NO))).toEqual({ message: 'No.', exitCode: 1 });
  });

  it.each([
    ['written', () => writeFile('/nowhere/at/all.ts', '')],
    ['read', () => readFile('/nowhere/at/all.ts')],
    ['written, being a folder', () => writeFile('/', '')],
  ])('is 2 with the path of a file that cannot be %s, and without a stack', async (_, work) => {
    const error: unknown = await work().catch((thrown: unknown) => thrown);
    expect(describeFailure(error)).toEqual({
      message: expect.stringMatching(/^E[A-Z]+: .*, open '\/.*'\.$/) as string,
      exitCode: 2,
    });
  });

  it('is with the stack of a defect', () => {
    expect(describeFailure(new TypeError('x is undefined'))).toBeNull();
  });
});
