/** The browser of test/browser, on the PATH or as CHROMIUM_PATH says. */
export function findChromium(): string | null;
