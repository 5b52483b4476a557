import { eventually } from '../../support/eventually.js';
import { memberClient } from '../../e2e/people.js';
import { type Stage, startStage } from '../../e2e/stage.js';
import { Person } from '../person.js';
import { draftRollout, endAlike, endExecutions, putTwoVersions, startRollout } from './rollouts-stage.js';

jest.setTimeout(120_000);

let stage: Stage;
const people: Person[] = [];

beforeAll(async () => {
  stage = await startStage();
  await putTwoVersions(stage, 'made-here');
  await putTwoVersions(stage, 'guarded', 'prod');
  await putTwoVersions(stage, 'watched');
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
  person.page.getByRole('main').getByRole('button', { name, exact: typeof name === 'string' });
const inDialog = (person: Person, name: string) =>
  person.page.getByRole('dialog').getByRole('button', { name, exact: true });
const field = (person: Person, label: string) => person.page.getByLabel(label, { exact: true });
const row = (person: Person, text: string) => person.page.getByRole('row').filter({ hasText: text });
const idOf = (person: Person) => new URL(person.page.url()).pathname.split('/').at(-1) ?? '';
const chip = (person: Person, text: string) =>
  person.page.locator('main header').getByText(text, { exact: true });

describe('a rollout', () => {
  it('is made, started, paused, resumed and rolled back by an editor', async () => {
    const editor = await arrive((await memberClient(stage, 'editor')).key, '/rollouts');
    await editor.page.getByRole('link', { name: 'New rollout' }).first().click();
    await field(editor, 'Name').fill('shorter answers');
    await field(editor, 'Prompt').fill('made-here');
    await field(editor, 'Environment').selectOption('staging');
    await editor.page.getByText('The control is v1').waitFor();
    await field(editor, 'Candidate').selectOption('2');
    await offered(editor, 'Take step 3 out').click();
    const primary = editor.page.getByRole('group', { name: 'Primary metric' });
    await primary.getByLabel('Worse at most by, %').fill('0.7');
    await offered(editor, 'Add a guardrail').click();
    const second = editor.page.getByRole('group', { name: 'Guardrail 2' });
    await second.getByLabel('Metric').fill('no such metric');
    await offered(editor, 'Make the draft').click();
    // The fault is shown in its place, and no input is lost.
    await second.getByRole('alert').waitFor();
    await second.getByLabel('Metric').fill('score:polite');
    await second.getByLabel('It is').selectOption('number');
    await offered(editor, 'Make the draft').click();
    await editor.page.getByText('It has not started').waitFor();
    const { body } = await stage.admin.get(`/v1/rollouts/${idOf(editor)}`);
    expect(body).toMatchObject({
      status: 'draft',
      control: { version_number: 1 },
      candidate: { version_number: 2 },
      steps: [
        { percent: 5, hold_min: 60 },
        { percent: 25, hold_min: 0 },
      ],
      primary: { metric: 'error_rate', max_regression: 0.007 },
      guardrails: [{ metric: 'error_rate' }, { metric: 'score:polite', kind: 'number', direction: 'up' }],
      alpha: 0.05,
      min_units: 100,
    });

    await offered(editor, 'Start …').click();
    await inDialog(editor, 'Start').click();
    await chip(editor, 'running').waitFor();
    await editor.page.getByText('the candidate gets 5 %, step 1 of 2').waitFor();
    await offered(editor, 'Pause …').click();
    await field(editor, 'Reason, if you like').fill('a deployment');
    await inDialog(editor, 'Pause').click();
    await editor.page.getByText('everybody gets the control: a deployment').waitFor();
    await offered(editor, 'Resume …').click();
    await inDialog(editor, 'Resume').click();
    await chip(editor, 'running').waitFor();
    await offered(editor, 'Roll back …').click();
    await inDialog(editor, 'Cancel').click();
    await offered(editor, 'Roll back …').click();
    await inDialog(editor, 'Roll back').click();
    await chip(editor, 'rolled back').waitFor();
    await offered(editor, /…$/).first().waitFor({ state: 'detached' });
  });

  it('finds its prompt when the name is typed before the list of prompts has come', async () => {
    const { key } = await memberClient(stage, 'editor');
    const editor = await Person.sitDown({ url: stage.ledger.url });
    people.push(editor);
    let letCome = (): void => undefined;
    const mayCome = new Promise<void>((resolve) => (letCome = resolve));
    await editor.page.route(/\/v1\/prompts\?/, async (route) => {
      await mayCome;
      await route.continue();
    });
    await editor.openAs(key, '/rollouts/new');
    await field(editor, 'Prompt').fill('made-here');
    letCome();
    // There is no click and no focus, so the field is never left.
    await field(editor, 'Environment').selectOption('staging');
    await editor.page.getByText('The control is v1').waitFor();
  });

  it('of a protected environment asks for a change, which starts it once others have approved', async () => {
    const author = await arrive(
      (await memberClient(stage, 'editor')).key,
      '/rollouts/new?prompt=guarded&environment=prod&candidate=2',
    );
    await field(author, 'Name').fill('with approval');
    await field(author, 'Reason').fill('shorter is better');
    await offered(author, 'Make the draft and open a change').click();
    await author.page.getByText('open · 0 of 1 approval').waitFor();
    await author.page.getByRole('link', { name: 'a rollout' }).click();
    await author.page.getByRole('link', { name: 'Its change is open' }).waitFor();
    expect(await offered(author, 'Start …').count()).toBe(0);
    await author.page.getByRole('link', { name: 'Its change is open' }).click();
    await author.page.getByText('What it touches').waitFor();

    const path = new URL(author.page.url()).pathname.replace('/app', '');
    const approver = await arrive((await memberClient(stage, 'approver')).key, path);
    await offered(approver, /Approve v2/).click();
    await inDialog(approver, 'Approve v2').click();
    await offered(approver, 'Apply').click();
    await inDialog(approver, 'Apply').click();
    await approver.page.getByText('The rollout runs.').waitFor();
    await approver.page.getByRole('link', { name: 'a rollout' }).click();
    await chip(approver, 'running').waitFor();
    await approver.page.getByRole('link', { name: 'a change' }).waitFor();
  });

  it('shows its bounds, arms and looks, and that it was rolled back by itself', async () => {
    const id = await startRollout(stage, 'watched');
    await endAlike(stage, id, 1, 30);
    await eventually(async () => {
      const { body } = await stage.admin.get<{ phases: unknown[] }>(`/v1/rollouts/${id}`);
      return body.phases.length === 2;
    });
    const viewer = await arrive((await memberClient(stage, 'viewer')).key, '/rollouts?prompt=watched');
    await row(viewer, 'shorter watched').click();
    await viewer.page.getByText('the candidate gets 50 %, step 2 of 2').waitFor();
    // Forbidden actions are not offered to a viewer.
    expect(await offered(viewer, /…$/).count()).toBe(0);

    await endExecutions(stage, id, { arm: 'control', phase: 2, count: 150, failed: 2 });
    await endExecutions(stage, id, { arm: 'candidate', phase: 2, count: 150, failed: 140 });
    await chip(viewer, 'rolled back').waitFor();
    const metrics = viewer.page.getByRole('table', { name: 'Metrics' });
    await metrics.getByText('93.3 %').first().waitFor();
    await metrics.getByText('worse', { exact: true }).first().waitFor();
    const arms = viewer.page.getByRole('table', { name: 'Arms' });
    await arms.getByRole('cell', { name: '140', exact: true }).waitFor();
    const listed = arms.getByRole('row').filter({ hasText: 'candidate v2' }).getByRole('link');
    expect(await listed.getAttribute('href')).toMatch(
      /executions\?rollout=[0-9a-f-]{36}&arm=candidate&from=/,
    );
    const looks = viewer.page.getByRole('table', { name: 'Looks' });
    await looks.getByText('roll back for error_rate').waitFor();
    await looks.getByText('to step 2').waitFor();

    await viewer.page.locator('canvas').first().waitFor();
    await viewer.page.getByText('Effect of the candidate as a table').click();
    const effects = viewer.page.getByRole('table', { name: 'Effect of the candidate' });
    await effects.getByText('guardrail roll back for error_rate').waitFor();
    await field(viewer, 'Metric').selectOption('guardrail latency_p50_ms');
    await effects.getByText(/ms/).first().waitFor();
    await field(viewer, 'Step').selectOption('1');
    await effects.getByText('next step to step 2').waitFor();
    expect(new URL(viewer.page.url()).search).toContain('step=1');
    expect(await viewer.noted()).toEqual({ violations: [], executed: [], errors: [] });
  });

  it('stands on the page of its prompt while it runs', async () => {
    await putTwoVersions(stage, 'told');
    const viewer = await arrive((await memberClient(stage, 'viewer')).key, '/prompts/told');
    const told = viewer.page.getByRole('link', { name: 'rollout running in staging' });
    const id = await startRollout(stage, 'told');
    await viewer.page.reload();
    await told.click();
    await viewer.page.waitForURL(`**/rollouts/${id}`);
    await chip(viewer, 'running').waitFor();

    await viewer.page.goBack();
    await told.waitFor();
    await stage.admin.post(`/v1/rollouts/${id}:pause`, { reason: 'Enough for today.' });
    await told.waitFor({ state: 'detached' });
    await chip(viewer, 'staging v1').waitFor();
  });

  it('is not started by who may only read, whose list says the first step', async () => {
    const id = await draftRollout(stage, 'made-here');
    const viewer = await arrive((await memberClient(stage, 'viewer')).key, `/rollouts/${id}`);
    await viewer.page.getByText('It has not started').waitFor();
    expect(await offered(viewer, /…$/).count()).toBe(0);
    await viewer.open('/rollouts/new');
    await viewer.page.getByText('Your role may not roll anything out').waitFor();
    await viewer.open('/rollouts?status=completed');
    await viewer.page.getByText('No rollout fits').waitFor();
    expect(await viewer.page.getByRole('link', { name: 'New rollout' }).count()).toBe(0);
  });
});
