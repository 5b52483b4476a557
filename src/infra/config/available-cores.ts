import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The quota file of cgroup v2. In a container it is the container's own. */
const QUOTA_FILE = '/sys/fs/cgroup/cpu.max';

/**
 * Counts the cores that this process may use: the cores that it may run on, or fewer where a cgroup quota limits it. Node before 22 ignores
 * cgroups, so a small container on a large host would start dozens of processes.
 */
export function countAvailableCores(quotaFile = QUOTA_FILE): number {
  return Math.min(availableParallelism(), readQuota(quotaFile) ?? Number.POSITIVE_INFINITY);
}

/** The file reads like "150000 100000": microseconds of CPU per period. Returns at least one core; null without a quota. */
function readQuota(file: string): number | null {
  try {
    const [quotaUs, periodUs] = readFileSync(file, 'utf8').trim().split(' ').map(Number);
    const cores = Math.floor((quotaUs ?? NaN) / (periodUs ?? NaN));
    return Number.isFinite(cores) ? Math.max(1, cores) : null;
  } catch {
    return null;
  }
}
