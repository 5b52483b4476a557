import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from './tree.js';

/** Runs in its own process, because the scripts are ES modules, which Jest does not load. */
function evaluate(module: string, expression: string, env: Readonly<Record<string, string>> = {}) {
  const file = JSON.stringify(path.join(ROOT, module));
  const code = `import * as it from ${file}; console.log(JSON.stringify(await ${expression}));`;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8', env });
}

describe('the arguments of npm test', () => {
  it.each([
    [[], []],
    [['streaming'], ['streaming']],
    [
      ['--selectProjects', 'e2e'],
      ['--selectProjects', 'e2e'],
    ],
    [
      ['--selectProjects', 'e2e', 'test/e2e/executions/streaming.test.ts'],
      ['test/e2e/executions/streaming.test.ts', '--selectProjects', 'e2e'],
    ],
    [
      ['--selectProjects', 'db', 'bell', 'e2e', '-t', 'says so'],
      ['bell', '--selectProjects', 'db', 'e2e', '-t', 'says so'],
    ],
    [
      ['--selectProjects=e2e', 'streaming'],
      ['streaming', '--selectProjects', 'e2e'],
    ],
    [
      ['--ignoreProjects', 'faults', 'bell'],
      ['bell', '--ignoreProjects', 'faults'],
    ],
    [
      ['--selectProjects', 'unit', '--testPathPatterns', 'unit'],
      ['--selectProjects', 'unit', '--testPathPatterns', 'unit'],
    ],
  ])('are what somebody means who types %j', (typed, arranged) => {
    const { stdout } = evaluate(
      'scripts/lib/jest-arguments.mjs',
      `it.arrangeArguments(${JSON.stringify(typed)})`,
    );
    expect(JSON.parse(stdout)).toEqual(arranged);
  });

  it('know the projects of Jest', () => {
    const { projects } = createRequire(__filename)('../../jest.config.cjs') as {
      projects: { displayName: string }[];
    };
    const { stdout } = evaluate('scripts/lib/jest-arguments.mjs', 'it.PROJECTS');
    expect(JSON.parse(stdout)).toEqual(projects.map(({ displayName }) => displayName));
  });
});

describe('a machine without Redis', () => {
  it('is told the one command where the tests may not install it', () => {
    const { stderr } = evaluate('test/support/servers/redis-server.mjs', 'it.redisServerPath()', {
      PATH: '/nowhere',
      TEST_INSTALL: 'off',
    });
    expect(stderr).toMatch(/The tests need redis-server .* Run: (?:sudo )?(?:apt-get|brew) install /);
    expect(stderr).not.toContain('installing');
  });
});
