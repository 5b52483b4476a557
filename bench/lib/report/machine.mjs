import { execFileSync } from 'node:child_process';
import { open, readFile, rm, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** `TMPFS_MAGIC` of Linux's magic.h: a file system in memory, whose fsync does nothing. */
const TMPFS = 0x01021994;
const PAGE_BYTES = 8192;
const FSYNC_MEASURE_MS = 1_000;
const MIB = 1024 ** 2;
const clockTicksPerSecond = readClockTicks();

/** Describes the machine of the measurement. Every durable figure depends on `fsync`. */
export async function describeMachine(postgres, redis) {
  return {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGib: Math.round(os.totalmem() / 1024 ** 3),
    os: `${os.type()} ${os.release()}`,
    node: process.versions.node,
    postgres: `${postgres.version}${postgres.embedded ? ' (embedded)' : ' (TEST_DATABASE_URL)'}`,
    redis: redis?.version ?? null,
    loadBefore: os.loadavg()[0],
    fsync: await measureFsync(postgres.dataDir),
  };
}

/**
 * Measures fdatasync of one 8 KB write each, as `pg_test_fsync` does, which the embedded binaries lack.
 * The file is beside Postgres' own, so it is on the same disk.
 */
async function measureFsync(dir) {
  const fileName = path.join(path.dirname(dir), 'bench-fsync');
  const file = await open(fileName, 'w');
  try {
    const page = Buffer.alloc(PAGE_BYTES, 1);
    // The first writes extend the file, which those of Postgres do not, because it recycles its files.
    await file.write(page, 0, PAGE_BYTES, 0);
    await file.sync();
    let writes = 0;
    const startedAtMs = performance.now();
    while (performance.now() - startedAtMs < FSYNC_MEASURE_MS) {
      await file.write(page, 0, PAGE_BYTES, 0);
      await file.datasync();
      writes++;
    }
    const elapsedMs = performance.now() - startedAtMs;
    const inMemory = (await statfs(path.dirname(dir))).type === TMPFS;
    return { perSecond: (writes * 1000) / elapsedMs, meanMs: elapsedMs / writes, inMemory };
  } finally {
    await file.close();
    await rm(fileName);
  }
}

/** User and system time of a process with all its threads; null where there is no /proc. */
export async function readCpuMs(pid) {
  const times = await readCpuTimes(pid);
  return times?.ownMs ?? null;
}

/**
 * Returns the time of a process with all its descendants. Those that have ended count too, because the
 * parent keeps the time of the children that it waited for. The time of a PostgreSQL server includes its backends and
 * all its background work.
 */
export async function cpuMsOfTree(pid) {
  const times = await readCpuTimes(pid);
  if (times === null) return null;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  // A child that ends while it is read is missing from both sums, this once.
  const below = await Promise.all(children.split(' ').filter(Boolean).map(cpuMsOfTree));
  return below.reduce((sum, ms) => sum + (ms ?? 0), times.ownMs + times.reapedMs);
}

async function readCpuTimes(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The second field is the program's name, which may contain anything. proc(5): utime is field 14, stime is 15, and
  // those of awaited children are 16 and 17.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const sumMs = (first) => ((Number(fields[first]) + Number(fields[first + 1])) * 1000) / clockTicksPerSecond;
  return { ownMs: sumMs(11), reapedMs: sumMs(13) };
}

/** Resident memory in MiB; null where there is no /proc. */
export async function readRssMib(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(status);
  return match === null ? null : (Number(match[1]) * 1024) / MIB;
}

function readClockTicks() {
  try {
    return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  } catch {
    return 100;
  }
}
