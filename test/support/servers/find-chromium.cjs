const { existsSync } = require('node:fs');
const path = require('node:path');

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser of test/browser, on the PATH or as CHROMIUM_PATH says. @returns {string | null} */
exports.findChromium = function findChromium() {
  const { CHROMIUM_PATH: named, PATH = '' } = process.env;
  if (named) return existsSync(named) ? named : null;
  const candidates = PATH.split(path.delimiter).flatMap((dir) => NAMES.map((name) => path.join(dir, name)));
  return candidates.find((file) => existsSync(file)) ?? null;
};
