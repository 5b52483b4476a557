import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The file of control groups version 2; in a container it is the container's own. */
const QUOTA_FILE = '/sys/fs/cgroup/cpu.max';

/**
 * Counts the cores that this process may use: those it may run on, or fewer where a control group gives it less time. Node
 * before 22 does not look at control groups, and on a large host a small container would start dozens of processes.
 */
export function countAvailableCores(quotaFile = QUOTA_FILE): number {
  return Math.min(availableParallelism(), readQuota(quotaFile) ?? Number.POSITIVE_INFINITY);
}

/** Such as "150000 100000": microseconds of CPU in each period. At least one core; null without a quota. */
function readQuota(file: string): number | null {
  try {
    const [quotaUs, periodUs] = readFileSync(file, 'utf8').trim().split(' ').map(Number);
    const cores = Math.floor((quotaUs ?? NaN) / (periodUs ?? NaN));
    return Number.isFinite(cores) ? Math.max(1, cores) : null;
  } catch {
    return null;
  }
}
