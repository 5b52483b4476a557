// Loaded into a process of the ledger by NODE_OPTIONS: says how long its event loop was held up at most since the last
// SIGUSR2, in the file FAULTS_LOOP_FILE, with the number of these signals. What counts is the smaller of the time that passed and the CPU that the process
// used meanwhile: a loop that waited for a core of a busy machine was not blocked by what it did.
const { writeFileSync } = require('node:fs');
const { setInterval } = require('node:timers');

const TICK_MS = 2;
let mostMs = 0;
let resets = 0;
let lastMs = performance.now();
let lastCpu = process.cpuUsage();

setInterval(() => {
  const nowMs = performance.now();
  const cpu = process.cpuUsage();
  const cpuMs = (cpu.user + cpu.system - lastCpu.user - lastCpu.system) / 1000;
  const heldMs = Math.min(nowMs - lastMs - TICK_MS, cpuMs);
  if (heldMs > mostMs) {
    mostMs = heldMs;
    write();
  }
  lastMs = performance.now();
  lastCpu = process.cpuUsage();
}, TICK_MS).unref();

process.on('SIGUSR2', () => {
  mostMs = 0;
  resets += 1;
  write();
});

function write() {
  writeFileSync(process.env.FAULTS_LOOP_FILE, JSON.stringify({ resets, mostMs }));
}
