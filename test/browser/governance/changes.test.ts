import { promptPath, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { memberClient } from '../../e2e/people.js';
import { Person } from '../person.js';

let stage: Stage;
const people: Person[] = [];

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'support/reply', 'Answer politely');
  await stage.admin.put(`${promptPath('support/reply')}/environments/prod`, { version_number: 1 });
  await stage.admin.put(promptPath('support/reply'), { template_source: 'Answer briefly' });
  await stage.admin.put('/v1/environments/prod', { protected: true, approvals: { required: 1 } });
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

describe('a change', () => {
  it('is opened by an editor, approved by an approver, and applied', async () => {
    const author = await arrive((await memberClient(stage, 'editor')).key, '/prompts/support%2Freply');
    await offered(author, 'Promote v2').click();
    await author.page.getByLabel('Environment').selectOption('prod');
    await author.page.getByLabel('Reason').fill('shorter is better');
    await author.page.getByRole('button', { name: 'Open a change to prod' }).click();
    await author.page.getByText('open · 0 of 1 approval').waitFor();
    await offered(author, 'Withdraw').waitFor();
    expect(await offered(author, /Approve/).count()).toBe(0);
    const { pathname } = new URL(author.page.url());

    const viewer = await arrive((await memberClient(stage, 'viewer')).key, pathname.replace('/app', ''));
    await viewer.page.getByText('shorter is better').waitFor();
    expect(await offered(viewer, /Approve|Reject|Withdraw|Apply/).count()).toBe(0);

    const approver = await arrive((await memberClient(stage, 'approver')).key, '/changes');
    await approver.page.getByRole('row').filter({ hasText: 'support/reply' }).click();
    await approver.page.locator('ins', { hasText: 'briefly' }).waitFor();
    await offered(approver, /Approve v2/).click();
    await approver.page.getByLabel('Comment, if you like').fill('yes');
    await approver.page.getByRole('dialog').getByRole('button', { name: 'Approve v2' }).click();
    await offered(approver, 'Apply').click();
    await approver.page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
    await approver.page.getByRole('main').getByText('applied', { exact: true }).waitFor();
    const { body } = await stage.admin.get(`${promptPath('support/reply')}/environments`);
    expect(body['environments']).toEqual(
      expect.arrayContaining([expect.objectContaining({ environment: 'prod', version_number: 2 })]),
    );
  });
});
