const { availableParallelism } = require('node:os');
const { findChromium } = require('./test/support/servers/find-chromium.cjs');

/** Transpile only: types are checked by `npm run typecheck`. */
function swc(ignoreDynamic) {
  return [
    '@swc/jest',
    {
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      },
      module: { type: 'commonjs', ignoreDynamic },
      sourceMaps: 'inline',
    },
  ];
}

const transform = {
  // What the client loads late is its own, and Jest has no native `import()`.
  '/sdk/src/.+\\.ts$': swc(false),
  // Native `import()` is kept for packages that are ESM only.
  '^.+\\.ts$': swc(true),
};

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  runtime: '<rootDir>/test/support/jest/shared-scripts.cjs',
  transform,
  // Sources say './x.js' as nodenext wants; Jest resolves the TypeScript file.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.prompt-ledger/'],
};

/** Jest runs these once for all projects that name them, and not at all for `--selectProjects unit`. */
const servers = {
  globalSetup: '<rootDir>/test/support/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/jest/global-teardown.mjs',
};

/** In CI a browser that is missing fails the tests; elsewhere `npm test` says that they are left out. */
const hasBrowser = process.env.CI === 'true' || findChromium() !== null;

function project(displayName, pattern, options = {}) {
  return { ...shared, displayName, testMatch: [`<rootDir>/${pattern}`], ...options };
}

/** @type {import('jest').Config} */
module.exports = {
  // Half as many as there are cores, because tests start processes and servers. Three on two cores: with two of them a sixth of the
  // processor time went unused, while both waited for a grace period or a retry.
  maxWorkers: Math.max(3, Math.floor(availableParallelism() / 2)),
  // For all projects: Jest reads it nowhere else. Tests start servers and processes, on machines that are busy.
  testTimeout: 60_000,
  testSequencer: '<rootDir>/test/support/jest/slow-first.cjs',
  reporters: ['default', '<rootDir>/test/support/jest/summary-reporter.cjs'],
  projects: [
    project('unit', '{src,sdk/src,dashboard/src}/**/*.spec.ts'),
    project('architecture', 'test/architecture/**/*.test.ts', servers),
    project('db', 'test/db/**/*.test.ts', servers),
    project('e2e', 'test/e2e/**/*.test.ts', servers),
    project('browser', hasBrowser ? 'test/browser/**/*.test.ts' : 'test/browser/none', servers),
    project('examples', 'test/examples/**/*.test.ts', servers),
    project('faults', 'test/faults/**/*.test.ts', servers),
  ],
};
