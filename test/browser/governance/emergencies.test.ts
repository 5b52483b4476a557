import { promptPath, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { makeKey, makeMember, memberClient } from '../../e2e/people.js';
import { Person } from '../person.js';

let stage: Stage;
const people: Person[] = [];

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'support/reply', 'Answer politely', { owner_team: 'Support' });
  await stage.admin.put(`${promptPath('support/reply')}/environments/prod`, { version_number: 1 });
  await stage.admin.put(`${promptPath('support/reply')}/environments/staging`, { version_number: 1 });
  await stage.admin.put(promptPath('support/reply'), { template_source: 'Answer briefly' });
  await stage.admin.put(`${promptPath('support/reply')}/environments/staging`, { version_number: 2 });
  await stage.admin.put('/v1/environments/prod', { protected: true, approvals: { required: 2 } });
});
afterAll(() => stage.close());
afterEach(() => Promise.all(people.splice(0).map((person) => person.leave())));

async function arrive(key: string, path: string): Promise<Person> {
  const person = await Person.sitDown({ url: stage.ledger.url });
  people.push(person);
  await person.openAs(key, path);
  return person;
}

const offered = (person: Person, name: RegExp | string) =>
  person.page.getByRole('main').getByRole('button', { name });
const inDialog = (person: Person, name: string | RegExp) =>
  person.page.getByRole('dialog').getByRole('button', { name });

describe('an emergency', () => {
  it('is applied by an admin past its approvals, and reviewed by an approver', async () => {
    const author = await memberClient(stage, 'editor');
    const change = {
      prompt_name: 'support/reply',
      environment: 'prod',
      version_number: 2,
      reason: 'shorter',
    };
    const id = String((await author.post('/v1/changes', change)).body['change_id']);
    const approver = await arrive((await memberClient(stage, 'approver')).key, `/changes/${id}`);
    await offered(approver, /Approve v2/).waitFor();
    expect(await offered(approver, /emergency/).count()).toBe(0);

    const admin = await arrive((await memberClient(stage, 'admin')).key, `/changes/${id}`);
    await offered(admin, /emergency/).click();
    expect(await inDialog(admin, /emergency/).isDisabled()).toBe(true);
    await admin.page.getByLabel('Why it cannot wait').fill('customers are told nonsense');
    await inDialog(admin, /emergency/).click();
    await admin.page.getByText('emergency, not reviewed').waitFor();
    await admin.page.getByText('customers are told nonsense').waitFor();

    await approver.page.reload();
    await offered(approver, /Review v2/).click();
    await inDialog(approver, /Review v2/).click();
    await approver.page.getByText('emergency', { exact: true }).waitFor();
    const { body } = await stage.admin.get(`/v1/changes/${id}`);
    expect(body).toMatchObject({ status: 'applied', emergency: true, review: 'closed' });
  });
});

describe('a rollback', () => {
  it('takes the latest move back, with a reason', async () => {
    const editor = await arrive(
      (await memberClient(stage, 'editor')).key,
      '/prompts/support%2Freply?tab=history',
    );
    await offered(editor, 'Roll staging back to v1 …').click();
    await editor.page.getByLabel('Reason').fill('too brief');
    await inDialog(editor, 'Back to v1').click();
    await editor.page.getByRole('row').filter({ hasText: 'too brief' }).waitFor();
    const { body } = await stage.admin.get(`${promptPath('support/reply')}/environments`);
    expect(body['environments']).toEqual(
      expect.arrayContaining([expect.objectContaining({ environment: 'staging', version_number: 1 })]),
    );
    const viewer = await arrive(
      (await memberClient(stage, 'viewer')).key,
      '/prompts/support%2Freply?tab=history',
    );
    await viewer.page.getByRole('row').filter({ hasText: 'too brief' }).waitFor();
    expect(await offered(viewer, /Roll/).count()).toBe(0);
  });
});

describe('rights over the prompts of a team', () => {
  it('are offered with those prompts, and with no other', async () => {
    await putPrompt(stage.admin, 'search/rewrite', 'Rewrite');
    await stage.admin.put(promptPath('support/reply'), { template_source: 'Answer kindly' });
    const userId = await makeMember(stage.admin, 'viewer');
    await stage.admin.put('/v1/teams/Support', { role: 'editor', members: [userId] });
    const { key } = await makeKey(stage, stage.admin, { role: 'editor', user_id: userId });
    const person = await arrive(key, '/prompts/support%2Freply');
    await offered(person, /Nothing has changed/).waitFor();
    for (const name of [/About …/, /Delete …/]) expect(await offered(person, name).count()).toBe(1);
    await offered(person, /Promote v3/).click();
    await person.page.getByText('this opens a change').waitFor();
    await person.open('/prompts/search%2Frewrite');
    await person.page.getByText('read-only').waitFor();
    expect(await offered(person, /Promote|About|Delete/).count()).toBe(0);
    await person.open('/prompts/-/new');
    expect(await person.page.getByLabel('Owner').inputValue()).toBe('Support');
  });
});
