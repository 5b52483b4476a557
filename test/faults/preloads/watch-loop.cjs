// Loaded into a process of the ledger by NODE_OPTIONS. Writes the longest block of its event loop since the last
// SIGUSR2 to the file FAULTS_LOOP_FILE, with the number of these signals. The smaller of the elapsed time and the CPU
// time used counts, because a loop that waited for a core of a busy machine did not block itself. Linux reports the
// CPU time of the main thread alone; elsewhere it is that of the process, including the collector's helpers.
const { closeSync, openSync, readSync, writeFileSync } = require('node:fs');
const { setInterval } = require('node:timers');

const TICK_MS = 2;
const readCpuMs = openThreadClock() ?? readProcessCpuMs;
let mostMs = 0;
let resets = 0;
let lastMs = performance.now();
let lastCpuMs = readCpuMs();

setInterval(() => {
  const heldMs = Math.min(performance.now() - lastMs - TICK_MS, readCpuMs() - lastCpuMs);
  if (heldMs > mostMs) {
    mostMs = heldMs;
    write();
  }
  lastMs = performance.now();
  lastCpuMs = readCpuMs();
}, TICK_MS).unref();

process.on('SIGUSR2', () => {
  mostMs = 0;
  resets += 1;
  write();
});

function write() {
  writeFileSync(process.env.FAULTS_LOOP_FILE, JSON.stringify({ resets, mostMs }));
}

/** The first figure in the file is the nanoseconds on a core. */
function openThreadClock() {
  const buffer = Buffer.alloc(100);
  try {
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
    process.on('exit', () => closeSync(file));
    const read = () =>
      Number(buffer.toString('latin1', 0, readSync(file, buffer, 0, 100, 0)).split(' ')[0]) / 1e6;
    return Number.isFinite(read()) && read() > 0 ? read : null;
  } catch {
    return null;
  }
}

function readProcessCpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
