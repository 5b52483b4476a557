import { ADMIN_KEY, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { Person } from '../person.js';

let stage: Stage;
let person: Person;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'reply', 'Answer {{question}}');
});
afterAll(() => stage.close());
beforeEach(async () => {
  person = await Person.sitDown({ url: stage.ledger.url });
  await person.openAs(ADMIN_KEY, '/prompts/reply');
  await person.page.getByRole('textbox', { name: 'Template' }).fill('Answer {{question}} briefly');
  await person.page.getByLabel('What changes, and why').fill('shorter');
});
afterEach(() => person.leave());

const saveButton = () => person.page.getByRole('button', { name: /Save version/ });

/** Makes the service answer every put with this problem. */
async function refuse(status: number, code: string, detail: string): Promise<void> {
  const body = JSON.stringify({
    type: 'about:blank',
    title: code,
    status,
    detail,
    instance: '/v1/prompts/reply',
    code,
  });
  await person.page.route('**/v1/prompts/reply', (route) =>
    route.request().method() === 'PUT'
      ? route.fulfill({ status, contentType: 'application/problem+json', body })
      : route.fallback(),
  );
}

async function expectNothingLost(): Promise<void> {
  expect(await person.page.getByRole('textbox', { name: 'Template' }).innerText()).toBe(
    'Answer {{question}} briefly',
  );
  expect(await person.page.getByLabel('What changes, and why').inputValue()).toBe('shorter');
}

describe('what goes wrong while somebody saves', () => {
  it.each([
    [403, 'FORBIDDEN', 'Ask for prompts:write.'],
    [409, 'ENVIRONMENT_PROTECTED', 'Open a change.'],
    [422, 'TEMPLATE_INVALID', 'Close the tag.'],
    [500, 'INTERNAL', 'Try again later.'],
  ])('is said with its code when it is a %i, and nothing typed is lost', async (status, code, detail) => {
    await refuse(status, code, detail);
    await saveButton().click();
    const alert = person.page.getByRole('alert').filter({ hasText: code });
    await alert.waitFor();
    expect(await alert.innerText()).toContain(detail);
    await expectNothingLost();
  });

  it('is said in words when the service does not answer, and saving works once it does', async () => {
    await person.page.route('**/v1/prompts/reply', (route) => route.abort('connectionrefused'));
    await saveButton().click();
    await person.page.getByRole('alert').filter({ hasText: 'The service does not answer.' }).waitFor();
    await expectNothingLost();
    await person.page.unroute('**/v1/prompts/reply');
    await saveButton().click();
    await person.page.getByRole('button', { name: /v2/, pressed: true }).waitFor();
  });

  it('does not lose what was typed to a reload', async () => {
    await person.page.reload();
    await person.page.getByLabel('What changes, and why').waitFor();
    await expectNothingLost();
  });
});
