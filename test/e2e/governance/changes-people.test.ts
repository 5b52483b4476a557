import type { ApiBody, ApiClient } from '../../support/api-client.js';
import { expectMade, makeKey, makeMember, memberClient } from '../people.js';
import { expectProblem, promptPath, putPrompt, type Stage, startStage } from '../stage.js';

interface Change extends ApiBody {
  readonly change_id: string;
}

let stage: Stage;
let prompts = 0;

beforeAll(async () => {
  stage = await startStage();
  await stage.sql(`UPDATE environments SET protected = true, revision = revision + 1 WHERE name = 'prod'`);
});
afterAll(() => stage.close());

async function open(client: ApiClient, more: ApiBody = {}): Promise<Change> {
  prompts += 1;
  const name = `people/${prompts}`;
  await putPrompt(stage.admin, name, 'Hello', more);
  const body = { prompt_name: name, environment: 'prod', version_number: 1, reason: 'because' };
  return expectMade(await client.post<Change>('/v1/changes', body));
}

const pathOf = ({ change_id: id }: Change, verb: string) => `/v1/changes/${id}:${verb}`;

describe('changes of people and service accounts', () => {
  it('are approved by another account, and not by a second key of their own', async () => {
    const author = await memberClient(stage, 'approver');
    const second = await makeKey(stage, stage.admin, { role: 'approver', user_id: author.userId });
    const reviewer = await memberClient(stage, 'approver');
    const change = await open(author);
    for (const own of [author, second]) {
      expectProblem(await own.post(pathOf(change, 'approve')), 403, 'SELF_APPROVAL');
    }
    expectProblem(await stage.admin.post(pathOf(change, 'approve')), 403, 'SELF_APPROVAL');
    expect((await reviewer.post(pathOf(change, 'approve'))).body).toMatchObject({ status: 'approved' });
    expect((await author.post(pathOf(change, 'apply'))).body).toMatchObject({ status: 'applied' });
    const entries = await stage.admin.get<{ entries: { actor: ApiBody }[] }>(
      `/v1/audit?actor=${reviewer.userId}`,
    );
    expect(entries.body.entries).toMatchObject([
      { action: 'change.approve', actor: { kind: 'service', id: reviewer.userId, key_id: reviewer.keyId } },
    ]);
  });

  it('are not applied once the approver has lost the role', async () => {
    const author = await memberClient(stage, 'editor');
    const reviewer = await memberClient(stage, 'approver');
    const change = await open(author);
    await reviewer.post(pathOf(change, 'approve'));
    await stage.admin.put(`/v1/members/${reviewer.userId}`, { role: 'editor' });
    expectProblem(await author.post(pathOf(change, 'apply')), 409, 'APPROVALS_MISSING');
    await stage.admin.put(`/v1/members/${reviewer.userId}`, { role: 'admin' });
    expect((await author.post(pathOf(change, 'apply'))).body).toMatchObject({ status: 'applied' });
  });

  it('are opened by editors and approved by approvers, over the prompts of a team too', async () => {
    const [viewer, editor] = [await memberClient(stage, 'viewer'), await memberClient(stage, 'editor')];
    const userId = await makeMember(stage.admin, 'viewer');
    expectMade(await stage.admin.put('/v1/teams/Growth', { members: [userId], role: 'approver' }), 200);
    const ofTeam = await makeKey(stage, stage.admin, { role: 'approver', user_id: userId });
    const change = await open(editor, { owner_team: 'Growth' });
    const other = await open(editor);
    for (const client of [viewer, editor]) {
      expectProblem(await client.post(pathOf(change, 'approve')), 403, 'FORBIDDEN');
    }
    expectProblem(await viewer.post('/v1/changes', { ...change, odd: 1 }), 403, 'FORBIDDEN');
    expectProblem(await ofTeam.post(pathOf(other, 'approve')), 403, 'FORBIDDEN');
    expect((await ofTeam.post(pathOf(change, 'approve'))).body).toMatchObject({
      status: 'approved',
      approvals: [{ counts: true }],
    });
    expect((await ofTeam.post(pathOf(change, 'apply'))).body).toMatchObject({ status: 'applied' });
    expectProblem(
      await editor.post(pathOf(other, 'apply'), { emergency: true, reason: 'r' }),
      403,
      'FORBIDDEN',
    );
    expect((await stage.admin.get(promptPath(String(change['prompt_name'])))).status).toBe(200);
  });
});
