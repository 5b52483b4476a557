/** The multiple of its time limit that a job may take on a busy machine. */
const MOST_PATIENCE = 6;
const LEAST_WAIT_MS = 50;

/**
 * Calls back when a job has used its time: once this process has used that much processor time, or six times as much time has passed. With
 * the clock alone, a job would get a different verdict on a busy machine, where a thread may get a tenth of a core.
 *
 * @param mostMs of one core, in milliseconds
 * @param onEnd called once, unless the returned function is called first.
 * @returns a function that stops the timer.
 */
export function startWorkTimer(mostMs: number, onEnd: () => void): () => void {
  const startedAt = performance.now();
  const used = process.cpuUsage();
  let timer = setTimeout(check, mostMs);
  function check(): void {
    const { user, system } = process.cpuUsage(used);
    const leftMs = Math.min(
      mostMs - (user + system) / 1000,
      startedAt + MOST_PATIENCE * mostMs - performance.now(),
    );
    if (leftMs <= 0) onEnd();
    else timer = setTimeout(check, Math.max(LEAST_WAIT_MS, leftMs));
  }
  return () => clearTimeout(timer);
}
