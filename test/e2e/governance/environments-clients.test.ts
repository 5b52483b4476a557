import { ConflictError, NoActiveVersionError, NotFoundError, PromptLedger } from '../../../sdk/src/index.js';
import { cliOf } from '../cli.js';
import { putVersions } from './environments.js';
import { ADMIN_KEY, type Stage, startStage } from '../stage.js';

let stage: Stage;
let cli: ReturnType<typeof cliOf>;

beforeAll(async () => {
  stage = await startStage({ DEFAULT_MODEL: 'echo/echo' });
  cli = cliOf(stage);
});
afterAll(() => stage.close());

const ledgerIn = (environment?: string) =>
  new PromptLedger({
    baseUrl: stage.ledger.url,
    apiKey: ADMIN_KEY,
    ...(environment === undefined ? {} : { environment }),
  });

describe('the client', () => {
  it('moves, reads, runs and rolls back', async () => {
    await putVersions(stage.admin, 'sdk/env', 2);
    const ledger = ledgerIn('prod');
    const numberRead = async () => (await ledger.getPrompt('sdk/env')).version_number;
    expect(await numberRead()).toBe(2);
    expect(await ledger.environments.move('sdk/env', 'prod', { version_number: 1 })).toMatchObject({
      environment: 'prod',
      moved: true,
    });
    // The client reads again what it has moved itself.
    expect(await numberRead()).toBe(1);
    expect((await ledgerIn().getPrompt('sdk/env')).version_number).toBe(2);
    expect((await ledger.getPrompt('sdk/env', { environment: 'dev' })).version_number).toBe(2);
    expect(await ledger.execute('sdk/env', { x: 1 })).toMatchObject({
      version_number: 1,
      environment: 'prod',
      resolved_by: 'environment',
    });
    await ledger.environments.move('sdk/env', 'prod', { version_number: 2, reason: 'try it' });
    const { version, moved } = await ledger.environments.rollback('sdk/env', 'prod', 'no better');
    expect([version.version_number, moved]).toEqual([1, true]);
    expect(await ledger.environments.moves('sdk/env', { environment: 'prod', limit: 2 }).all()).toHaveLength(
      3,
    );
    expect((await ledger.environments.of('sdk/env')).environments).toMatchObject([
      { environment: 'default', version_number: 2 },
      { environment: 'prod', version_number: 1 },
    ]);
    await expect(ledger.environments.rollback('sdk/env', 'dev', 'no')).rejects.toThrow(NotFoundError);
  });

  it('is told what is protected', async () => {
    await putVersions(stage.admin, 'sdk/guarded', 1);
    const ledger = ledgerIn('vault');
    const { protected: isProtected, prompts_without_pointer: missing } = await ledger.environments.put(
      'vault',
      {
        protected: true,
      },
    );
    expect(isProtected).toBe(true);
    expect(missing).toContain('sdk/guarded');
    const moving = ledger.environments.move('sdk/guarded', 'vault', { version_number: 1 });
    await expect(moving).rejects.toMatchObject({ code: 'ENVIRONMENT_PROTECTED' });
    await expect(ledger.execute('sdk/guarded', {}, { version: 1 })).rejects.toThrow(ConflictError);
    await expect(ledger.getPrompt('sdk/guarded')).rejects.toThrow(NoActiveVersionError);
  });
});

describe('the command line', () => {
  it('moves, lists and rolls back', async () => {
    await putVersions(stage.admin, 'cli/env', 2);
    for (const version of ['1', '2']) {
      const moved = await cli(['environments', 'move', 'cli/env', version, '--environment', 'prod']);
      expect(moved).toEqual({ code: 0, stdout: `cli/env: version ${version} runs in prod.\n`, stderr: '' });
    }
    const again = await cli(['environments', 'move', 'cli/env', '2', '--environment', 'prod']);
    expect(again.stdout).toBe('cli/env: version 2 ran already in prod.\n');
    const back = await cli(['rollback', 'cli/env', '--environment', 'prod', '--reason', 'too slow']);
    expect(back.stdout).toBe('cli/env: version 1 runs in prod.\n');
    const listed = await cli(['environments', 'list', 'cli/env']);
    expect(listed.stdout).toMatch(/^ENVIRONMENT .*\ndefault +2 .*\nprod +1 .* no +admin /);
    const moves = await cli(['environments', 'moves', 'cli/env', '--environment', 'prod']);
    expect(moves.stdout).toMatch(/^WHEN .*\n.* prod +2 +1 +admin +too slow\n/);
    expect((await cli(['rollback', 'cli/env', '--environment', 'dev'])).code).toBe(1);
    expect((await cli(['rollback', 'cli/env'])).code).toBe(2);
  });

  it('sets rules, and says what they keep from running', async () => {
    await putVersions(stage.admin, 'cli/missing', 1);
    const set = await cli(['environments', 'set', 'safe', '--protected', '--approvals', '2', '--team', 'a']);
    expect(set.stdout).toMatch(/^safe is protected, revision 1\.\n(.*\n)* {2}cli\/missing\n/);
    const listed = JSON.parse((await cli(['environments', 'list', '--json'])).stdout) as { name: string }[];
    expect(listed.find(({ name }) => name === 'safe')).toMatchObject({
      protected: true,
      approvals: { required: 2, teams: ['a'] },
      change_ttl_h: 72,
    });
    expect((await cli(['environments', 'set', 'safe', '--no-protected', '--change-ttl', '5'])).stdout).toBe(
      'safe is not protected, revision 2.\n',
    );
  });
});
