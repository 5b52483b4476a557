import { memberClient } from '../../e2e/people.js';
import { ADMIN_KEY, ECHO, OPENAI, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { Person } from '../person.js';

/** Covers the list behind every bar, possibly on a busy machine. */
jest.setTimeout(240_000);

let stage: Stage;
let person: Person;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'reply', 'Answer {{question}}', { owner_team: 'Support' });
  await putPrompt(stage.admin, 'other', 'Else');
  await stage.admin.post('/v1/prices', { ...ECHO, input_usd_per_mtok: '1', output_usd_per_mtok: '1' });
  const run = (body: object) =>
    stage.admin.post('/v1/executions:run', { model: ECHO, environment: 'prod', ...body });
  for (let turn = 0; turn < 6; turn += 1)
    await run({ prompt_name: 'reply', variables: { question: 'Why?' } });
  for (let turn = 0; turn < 3; turn += 1)
    await run({ prompt_name: 'other', model: OPENAI, environment: 'dev' });
  await run({ content: { template_source: 'bare' } });
  await stage.admin.post('/v1/budgets', {
    name: 'Everything',
    scope: 'project',
    period: 'total',
    limit_usd: '0.001',
    mode: 'soft',
  });
  await run({ prompt_name: 'reply', variables: { question: 'Why?' } });
});
afterAll(() => stage.close());
beforeEach(async () => {
  person = await Person.sitDown({ url: stage.ledger.url });
});
afterEach(() => person.leave());

/** Counts the rows of the list of executions that a link leads to. */
async function countLinked(href: string): Promise<number> {
  await person.page.goto(new URL(href, stage.ledger.url).href);
  const table = person.page.getByRole('table', { name: 'Executions' });
  await table.waitFor();
  return Number(await table.getAttribute('aria-rowcount')) - 1;
}

describe('analytics', () => {
  it('leads from every bar to its executions, and both have the same number', async () => {
    await person.openAs(ADMIN_KEY, '/analytics');
    const links: [href: string, count: number][] = [];
    await person.page.getByText('Executions as a table').click();
    const byDay = person.page.getByRole('table', { name: 'Executions' });
    await byDay.getByRole('link').first().waitFor();
    for (const row of await byDay
      .getByRole('row')
      .filter({ has: person.page.getByRole('link') })
      .all()) {
      const count = Number(await row.getByRole('cell').last().innerText());
      const href = await row.getByRole('link').getAttribute('href');
      if (count > 0) links.push([href ?? '', count]);
    }
    expect(links.map(([, count]) => count)).toEqual([11]);
    for (const by of ['Prompt', 'Version', 'Model', 'Environment', 'Team', 'Key']) {
      await person.page.getByRole('group', { name: 'By what' }).getByRole('link', { name: by }).click();
      const table = person.page.getByRole('table', { name: `By ${by}` });
      await table.getByRole('row').nth(1).waitFor();
      for (const row of (await table.getByRole('row').all()).slice(1)) {
        const href = await row.getByRole('link').getAttribute('href');
        links.push([href ?? '', Number(await row.getByRole('cell').nth(1).innerText())]);
      }
    }
    expect(links.length).toBeGreaterThanOrEqual(14);
    for (const [href, count] of links) {
      expect({ href, count: await countLinked(href) }).toEqual({ href, count });
    }
    expect(await person.noted()).toEqual({ violations: [], executed: [], errors: [] });
  });

  it('opens the executions of a bar that is clicked', async () => {
    await person.openAs(ADMIN_KEY, '/analytics?last=24h');
    const chart = person.page.locator('.u-over').first();
    await chart.waitFor();
    const box = await chart.boundingBox();
    if (box === null) throw new Error('the chart is not on the page');
    // The current hour is the last bar.
    const point = { x: box.width * (23.5 / 24), y: box.height / 2 };
    await chart.hover({ position: point });
    await chart.click({ position: point });
    await person.page.getByRole('heading', { level: 1, name: 'Executions' }).waitFor();
    expect(new URL(person.page.url()).searchParams.get('final')).toBe('true');
  });

  it('is narrowed by filters that stand in the address, and shows how far budgets are used', async () => {
    await person.openAs(ADMIN_KEY, '/analytics');
    const table = person.page.getByRole('table', { name: 'By Prompt' });
    await table.getByRole('link', { name: 'other' }).waitFor();
    await person.page.getByLabel('Prompt, by its name').fill('reply');
    await table.getByRole('link', { name: 'other' }).waitFor({ state: 'detached' });
    expect(new URL(person.page.url()).searchParams.get('prompt')).toBe('reply');
    await person.page.getByRole('meter', { name: 'Use of Everything' }).waitFor();
    await person.page.getByLabel('Prompt, by its name').fill('nobody');
    await person.page.getByRole('link', { name: 'Show everything of this time' }).click();
    await table.getByRole('link', { name: 'other' }).waitFor();
  });

  it('is shown to a viewer', async () => {
    const viewer = await memberClient(stage, 'viewer');
    await person.openAs(viewer.key, '/analytics');
    await person.page.getByRole('table', { name: 'By Prompt' }).getByRole('link', { name: 'other' }).click();
    await person.page.getByRole('table', { name: 'Executions' }).waitFor();
  });

  it('says in words what went wrong, and the first step where nothing ran', async () => {
    await person.page.route('**/v1/analytics/executions*', (route) => route.abort('connectionrefused'));
    await person.openAs(ADMIN_KEY, '/analytics');
    await person.page
      .getByRole('alert')
      .filter({ hasText: 'The service does not answer.' })
      .first()
      .waitFor();
    await person.page.unroute('**/v1/analytics/executions*');
    await person.page.getByRole('button', { name: 'Try again' }).first().click();
    await person.page.getByRole('table', { name: 'By Prompt' }).waitFor();
    const empty = await startStage();
    const newcomer = await Person.sitDown({ url: empty.ledger.url });
    try {
      await newcomer.openAs(ADMIN_KEY, '/analytics');
      await newcomer.page.getByRole('heading', { name: 'Nothing has ended in this time' }).waitFor();
      await newcomer.page.getByText('There is no budget').waitFor();
    } finally {
      await newcomer.leave();
      await empty.close();
    }
  });
});
