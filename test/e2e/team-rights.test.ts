import type { ApiBody, ApiResponse } from '../support/api-client.js';
import { expectProblem, type Stage, startStage } from './stage.js';
import { move, rollBack, setRules } from './environments.js';
import { type KeyClient, makeKey, memberClient } from './people.js';

let stage: Stage;
/** A viewer of the project who is an editor of the team `ours`. */
let editor: KeyClient;
/** A key of the same person that is no wider than a viewer. */
let narrow: KeyClient;
/** A viewer of the project who is a runner of the team `ours`. */
let runner: KeyClient;

beforeAll(async () => {
  stage = await startStage({ DEFAULT_MODEL: 'echo/echo' });
  const [one, other] = [await memberClient(stage, 'viewer'), await memberClient(stage, 'viewer')];
  await stage.admin.put('/v1/teams/ours', { members: [one.userId], role: 'editor' });
  await stage.admin.put('/v1/teams/ours-runs', { members: [other.userId], role: 'runner' });
  editor = await makeKey(stage, stage.admin, { role: 'editor', user_id: one.userId });
  narrow = await makeKey(stage, stage.admin, { role: 'viewer', user_id: one.userId });
  runner = await makeKey(stage, stage.admin, { role: 'runner', user_id: other.userId });
  const owners = { ours: 'ours', 'ours-runs': 'ours-runs', theirs: 'theirs', nobodys: null };
  for (const [name, owner_team] of Object.entries(owners)) {
    for (const text of ['one {{x}}', 'two {{x}}']) {
      const body = { template_source: `${name} ${text}`, owner_team, set_active: true };
      expect((await stage.admin.put(`/v1/prompts/${name}`, body)).status).toBe(200);
    }
  }
});
afterAll(() => stage.close());

function expectForbidden(answer: ApiResponse<ApiBody>, scope: string): void {
  expectProblem(answer, 403, 'FORBIDDEN');
  expect(answer.body).toMatchObject({ missing_scopes: [scope] });
}

describe('an editor of a team', () => {
  it('moves the pointers of its prompts, back too, and those of no others', async () => {
    expect((await move(editor, 'ours', 'staging', 1)).status).toBe(200);
    expect((await move(editor, 'ours', 'staging', 2)).status).toBe(200);
    expect((await rollBack(editor, 'ours', 'staging')).body).toMatchObject({
      version: { version_number: 1 },
    });
    for (const name of ['theirs', 'nobodys', 'ours-runs']) {
      expect((await move(stage.admin, name, 'staging', 1)).status).toBe(200);
      expect((await move(stage.admin, name, 'staging', 2)).status).toBe(200);
      expectForbidden(await move(editor, name, 'staging', 1), 'environments:move');
      expectForbidden(await rollBack(editor, name, 'staging'), 'environments:move');
    }
    expectForbidden(await move(narrow, 'ours', 'staging', 1), 'environments:move');
    expectForbidden(await rollBack(narrow, 'ours', 'staging'), 'environments:move');
    expectForbidden(await move(runner, 'ours-runs', 'staging', 1), 'environments:move');
    expectProblem(await move(editor, 'unknown', 'staging', 1), 404, 'PROMPT_NOT_FOUND');
  });

  it('moves nothing that is protected', async () => {
    await setRules(stage.admin, 'vault', { protected: true });
    expectProblem(await move(editor, 'ours', 'vault', 1), 409, 'ENVIRONMENT_PROTECTED');
    expectForbidden(await move(editor, 'theirs', 'vault', 1), 'environments:move');
  });
});
