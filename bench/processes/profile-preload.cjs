// Loaded into the service by `--profile`. SIGUSR2 starts the profiler, and a second SIGUSR2 stops it and writes the profile,
// which then covers only the measurement, and neither the start nor the warm-up.
const { renameSync, writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const path = require('node:path');

const SAMPLING_INTERVAL_US = 500;
const folder = process.env.BENCH_PROFILE_FOLDER;
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US });
let isRunning = false;
let written = 0;

process.on('SIGUSR2', () => {
  isRunning = !isRunning;
  if (isRunning) {
    session.post('Profiler.start');
    return;
  }
  session.post('Profiler.stop', (error, result) => {
    if (error) throw error;
    const file = path.join(folder, `${process.pid}-${++written}.cpuprofile`);
    // Renamed into place, so that a process that waits for the file never reads half of it.
    writeFileSync(`${file}.part`, JSON.stringify(result.profile));
    renameSync(`${file}.part`, file);
  });
});
