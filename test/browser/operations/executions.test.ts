import { ADMIN_KEY, ECHO, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { memberClient } from '../../e2e/people.js';
import { Person } from '../person.js';

let stage: Stage;
let person: Person;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'support/reply', 'Answer {{question}}');
  await putPrompt(stage.admin, 'other', 'Else');
  // JSON text, because the digits of the price are the point.
  await fetch(`${stage.ledger.url}/v1/executions:run`, {
    method: 'POST',
    headers: { 'X-API-Key': ADMIN_KEY },
    body: JSON.stringify({
      prompt_name: 'support/reply',
      model: ECHO,
      environment: 'prod',
      correlation_id: 'ticket-1',
    }).replace(/}$/, ',"variables":{"question":12345678901234567890.10}}'),
  });
  await stage.admin.post('/v1/executions:run', { prompt_name: 'other', model: ECHO, environment: 'dev' });
});
afterAll(() => stage.close());
beforeEach(async () => {
  person = await Person.sitDown({ url: stage.ledger.url });
});
afterEach(() => person.leave());

const rows = () => person.page.getByRole('table', { name: 'Executions' }).getByRole('row');

describe('the list of executions', () => {
  it('is narrowed by filters that stand in the address, and opens one with its lineage', async () => {
    await person.openAs(ADMIN_KEY, '/executions');
    await rows().filter({ hasText: 'other' }).waitFor();
    await person.page.getByLabel('Environment').fill('prod');
    await rows().filter({ hasText: 'other' }).waitFor({ state: 'detached' });
    expect(new URL(person.page.url()).searchParams.get('environment')).toBe('prod');
    await person.page.reload();
    await rows().filter({ hasText: 'support/reply' }).click();
    await person.page.getByText('Answer 12345678901234567890.10').first().waitFor();
    await person.page.getByText('"question": 12345678901234567890.10').waitFor();
    await person.page.getByText('Attempt 1 · echo/echo').waitFor();
    await person.page.getByRole('link', { name: 'support/reply v1' }).click();
    await person.page.getByRole('heading', { level: 1, name: 'support/reply' }).waitFor();
  });

  it('says when nothing fits, and shows all again', async () => {
    await person.openAs(ADMIN_KEY, '/executions?status=failed');
    await person.page.getByRole('link', { name: 'Show all executions' }).click();
    await rows().filter({ hasText: 'other' }).waitFor();
  });

  it('is only a list to a viewer, who may not read contents', async () => {
    const viewer = await memberClient(stage, 'viewer');
    await person.openAs(viewer.key, '/executions');
    await rows().filter({ hasText: 'other' }).click();
    expect(new URL(person.page.url()).pathname).toBe('/app/executions');
  });

  it('reads on at its end until there is no more', async () => {
    const entries = Array.from({ length: 260 }, (_, at) => ({ correlation_id: `entry-${at}` }));
    await stage.admin.post('/v1/executions:submit-batch', {
      prompt_name: 'other',
      model: ECHO,
      environment: 'bulk',
      entries,
    });
    await person.openAs(ADMIN_KEY, '/executions?environment=bulk');
    await rows().nth(1).waitFor();
    await person.page.getByRole('region', { name: 'Executions' }).focus();
    // Each press leads to the end of what was read, which reads on.
    for (const shown of ['100+', '200+']) {
      await person.page.getByText(shown, { exact: true }).waitFor();
      await person.page.keyboard.press('End');
    }
    await person.page.getByText('260', { exact: true }).waitFor();
    expect(await rows().count()).toBeLessThan(100);
  });
});
