import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { countAvailableCores } from './available-cores.js';

describe('countAvailableCores', () => {
  let file: string;

  beforeEach(() => {
    file = join(mkdtempSync(join(tmpdir(), 'ledger-cores-')), 'cpu.max');
  });
  afterEach(() => rmSync(join(file, '..'), { recursive: true }));

  it.each([
    ['max 100000\n', availableParallelism()],
    ['100000 100000\n', 1],
    ['50000 100000\n', 1],
    ['99900000 100000\n', availableParallelism()],
    ['nonsense', availableParallelism()],
  ])('with the quota %j is %i', (quota, cores) => {
    writeFileSync(file, quota);
    expect(countAvailableCores(file)).toBe(cores);
  });

  it('without a quota is what the process may run on', () => {
    expect(countAvailableCores(file)).toBe(availableParallelism());
  });
});
