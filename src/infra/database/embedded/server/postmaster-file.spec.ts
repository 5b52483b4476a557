import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectPostmaster, parsePostmasterFile, parseProcStat } from './postmaster-file.js';

const COMPLETE = '4711\n/home/x y/postgres\n1790000000\n21042\n\n127.0.0.1\n  1234   5\nready   \n';

describe('parsePostmasterFile', () => {
  it('reads process, port and readiness', () => {
    expect(parsePostmasterFile(COMPLETE)).toEqual({ pid: 4711, port: 21042, ready: true });
  });

  it('knows a server that starts or stops from one that serves', () => {
    for (const status of ['starting', 'stopping', 'standby ']) {
      expect(parsePostmasterFile(COMPLETE.replace('ready   ', status))?.ready).toBe(false);
    }
  });

  it('copes with a file that is still being written', () => {
    expect(parsePostmasterFile('4711\n/data\n')).toEqual({ pid: 4711, port: null, ready: false });
    expect(parsePostmasterFile('')).toBeNull();
  });
});

describe('parseProcStat', () => {
  it('reads the name, whatever stands in it', () => {
    expect(parseProcStat('4711 (postgres) S 1 4711')).toBe('postgres');
    expect(parseProcStat('4711 (a) R (b) S 1 4711')).toBe('a) R (b');
  });

  it('gives a zombie no name', () => {
    expect(parseProcStat('4711 (postgres) Z 1 4711')).toBe('');
  });
});

describe('inspectPostmaster', () => {
  let dataDir: string;
  beforeEach(async () => (dataDir = await mkdtemp(join(tmpdir(), 'postmaster-'))));
  afterEach(() => rm(dataDir, { recursive: true }));

  it('finds nothing where there is no file', async () => {
    expect(await inspectPostmaster(dataDir)).toEqual({ kind: 'absent' });
  });

  it('finds nothing where the process of the file is gone', async () => {
    // Above the largest process id that a kernel assigns (2^22).
    await writeFile(join(dataDir, 'postmaster.pid'), COMPLETE.replace('4711', '99999999'));
    expect(await inspectPostmaster(dataDir)).toEqual({ kind: 'absent' });
  });

  it('does not take a process of another name for the server', async () => {
    await writeFile(join(dataDir, 'postmaster.pid'), COMPLETE.replace('4711', String(process.pid)));
    expect(await inspectPostmaster(dataDir)).toEqual({ kind: 'stray', pid: process.pid });
  });
});
