import { createServer } from 'node:net';
import { restartDelayMs } from '../embedded-postgres.js';
import { classifyLaunchFailure, findFreePort, postgresArgs } from './postmaster.js';

describe('postgresArgs', () => {
  it('hands values over as they are, blanks included', () => {
    expect(postgresArgs('/a b', { port: '1', log_line_prefix: '%m [%p] ' })).toEqual([
      '-D',
      '/a b',
      '-c',
      'port=1',
      '-c',
      'log_line_prefix=%m [%p] ',
    ]);
  });
});

describe('classifyLaunchFailure', () => {
  it.each([
    ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use\nFATAL:  …', 'port-taken'],
    ['FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use', 'memory-held'],
    ['FATAL:  data directory "/x" has invalid permissions', 'other'],
    ['', 'other'],
  ])('reads %j as %s', (log, failure) => {
    expect(classifyLaunchFailure(log)).toBe(failure);
  });
});

describe('findFreePort', () => {
  it('finds a port that can be bound, outside the range of outgoing connections', async () => {
    const port = await findFreePort();
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
    const server = createServer();
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(port, '127.0.0.1', resolve),
    );
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('restartDelayMs', () => {
  it('doubles up to five seconds', () => {
    expect([0, 1, 2, 3, 100].map(restartDelayMs)).toEqual([100, 200, 400, 800, 5_000]);
  });
});
