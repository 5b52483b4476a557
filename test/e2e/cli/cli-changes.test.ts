import type { ApiBody } from '../../support/api-client.js';
import { cliOf } from '../cli.js';
import { ANY_ID, putPrompt, type Stage, startStage } from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
  await stage.sql(`UPDATE environments SET protected = true, revision = revision + 1 WHERE name = 'prod'`);
});
afterAll(() => stage.close());

async function twoVersions(): Promise<string> {
  const name = 'changed/by-hand';
  await putPrompt(stage.admin, name, 'Hello {{name}}');
  await putPrompt(stage.admin, name, 'Hi {{name}}', { set_active: false });
  return name;
}

describe('prompt-ledger', () => {
  it('opens, shows, approves and applies changes, and tells who did', async () => {
    const name = await twoVersions();
    const cli = cliOf(stage);
    const keyOf = async (scopes: readonly string[]) => {
      const { body } = await stage.admin.post<{ key: string }>('/v1/keys', { name: 'cli', scopes });
      return { env: { PROMPT_LEDGER_API_KEY: body.key } };
    };
    const asAuthor = await keyOf(['prompts:read', 'changes:write']);
    const asReviewer = await keyOf(['prompts:read', 'changes:write', 'changes:approve']);
    const promoted = await cli(['promote', name, '--to', 'prod', '--reason', 'Friendlier'], asAuthor);
    expect(promoted).toMatchObject({ code: 0, stderr: '' });
    const id = promoted.stdout.trim();
    expect(id).toEqual(ANY_ID);
    const shown = await cli(['changes', 'show', id], asReviewer);
    expect(shown.stdout).toContain(`${name} in prod: none → 1`);
    expect(shown.stdout).toContain('+Hello {{name}}');
    expect((await cli(['changes', 'apply', id], asAuthor)).stderr).toContain('(APPROVALS_MISSING)');
    expect((await cli(['approve', id, '--comment', 'fine'], asReviewer)).stdout).toBe(
      `${name}: the change to version 1 in prod is approved, with 1 of 1 approvals.\n`,
    );
    expect((await cli(['changes', 'list', '--prompt', name], asReviewer)).stdout).toContain('approved');
    expect((await cli(['changes', 'apply', id], asAuthor)).stdout).toBe(`${name}: version 1 runs in prod.\n`);
    const [listed] = JSON.parse(
      (await cli(['changes', 'list', '--prompt', name, '--status', 'applied', '--json'], asReviewer)).stdout,
    ) as ApiBody[];
    expect(listed).toMatchObject({ change_id: id, status: 'applied' });
    const audit = await cli(['audit', '--subject', id, '--export']);
    const actions = audit.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { action: string }).action);
    expect(actions).toEqual(['change.apply', 'change.approve', 'change.open']);
    expect((await cli(['audit', '--action', 'change.apply', '--since', '1h'])).stdout).toContain(
      'change.apply',
    );
    const more = await cli(
      ['promote', name, '--to', 'prod', '--version', '2', '--reason', 'r', '--json'],
      asAuthor,
    );
    const other = JSON.parse(more.stdout) as { readonly change_id: string };
    expect((await cli(['withdraw', other.change_id], asAuthor)).stdout).toContain('is withdrawn');
    const third = (await cli(['promote', name, '--to', 'prod', '--version', '2', '--reason', 'r'], asAuthor))
      .stdout;
    expect((await cli(['reject', third.trim()], asReviewer)).stdout).toContain('is rejected');
    const asMover = await keyOf(['prompts:read', 'changes:write', 'environments:move']);
    expect((await cli(['promote', name, '--to', 'staging'], asMover)).stdout).toBe(
      `${name}: version 1 runs in staging.\n`,
    );
    expect((await cli(['promote', name])).stderr).toContain('--to');
  });
});
