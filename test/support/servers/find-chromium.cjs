const { existsSync } = require('node:fs');
const path = require('node:path');

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Finds the browser of test/browser in CHROMIUM_PATH or on the PATH. @returns {string | null} */
exports.findChromium = function findChromium() {
  const { CHROMIUM_PATH: named, PATH = '' } = process.env;
  if (named) return existsSync(named) ? named : null;
  const candidates = PATH.split(path.delimiter).flatMap((dir) => NAMES.map((name) => path.join(dir, name)));
  return candidates.find((file) => existsSync(file)) ?? null;
};
