import type { ApiBody } from '../../support/api-client.js';
import { clientWith } from '../../e2e/other-project.js';
import { ADMIN_KEY, ECHO, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { memberClient } from '../../e2e/people.js';
import { Person } from '../person.js';

let stage: Stage;
let person: Person;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'support/reply', 'Answer {{question}}');
  await putPrompt(stage.admin, 'other', 'Else');
  // JSON text, because the test is about the digits of the price.
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
    // Each press jumps to the end of the loaded rows, which loads more.
    for (const shown of ['100+', '200+']) {
      await person.page.getByText(shown, { exact: true }).waitFor();
      await person.page.keyboard.press('End');
    }
    await person.page.getByText('260', { exact: true }).waitFor();
    expect(await rows().count()).toBeLessThan(100);
  });
});

describe('the further filters of executions', () => {
  let keyId: string;

  beforeAll(async () => {
    const keyed = await clientWith(stage, ['executions:run']);
    keyId = keyed.keyId;
    const body = { prompt_name: 'support/reply', model: ECHO, variables: { question: 'Why?' } };
    await keyed.post('/v1/executions:run', body);
  });

  it.each([1440, 390])('are typed with what has run as suggestions, at %i pixels', async (width) => {
    await person.leave();
    person = await Person.sitDown({ url: stage.ledger.url, width });
    await person.openAs(ADMIN_KEY, '/executions?prompt=support%2Freply');
    await rows().nth(2).waitFor();
    await person.page.getByRole('button', { name: 'More filters …' }).click();
    const dialog = person.page.getByRole('dialog');
    const field = (label: string) => dialog.getByLabel(label, { exact: true });
    const show = dialog.getByRole('button', { name: 'Show them' });
    for (const suggested of ['echo/echo', 'a key'])
      await dialog.locator(`option[value="${suggested}"]`).waitFor({ state: 'attached' });
    await field('Key').fill('none such');
    await dialog.getByText('No key has this name.').waitFor();
    expect(await show.isDisabled()).toBe(true);
    await field('Key').fill('a key');
    await field('Version').fill('1');
    await field('Model').fill('echo/echo');
    await field('From').fill('2020-01-01T00:00');
    await field('Before').fill('2019-01-01T00:00');
    expect(await show.isDisabled()).toBe(true);
    await field('Before').fill('2090-01-01T00:00');
    expect(await person.findBarriers()).toEqual([]);
    await show.click();
    await dialog.waitFor({ state: 'detached' });
    await rows().nth(2).waitFor({ state: 'detached' });
    await rows().nth(1).waitFor();
    const filters = Object.fromEntries(new URL(person.page.url()).searchParams);
    expect(filters).toMatchObject({ key: keyId, version: '1', model: 'echo/echo' });
    expect(Date.parse(String(filters['from']))).toBeLessThan(Date.parse(String(filters['to'])));

    await person.page.getByRole('button', { name: 'More filters …' }).click();
    expect(await field('Model').inputValue()).toBe('echo/echo');
    await field('Key').fill('');
    await show.click();
    await rows().nth(2).waitFor();
    await person.page.getByRole('button', { name: /Model echo\/echo/ }).click();
    await person.page.waitForURL((url) => !url.searchParams.has('model'));
  });
});

describe('one execution', () => {
  const runReply = async (question: string, more: ApiBody = {}) => {
    const body = { prompt_name: 'support/reply', model: ECHO, variables: { question }, ...more };
    const answer = await stage.admin.post('/v1/executions:run', body);
    return String(answer.body['execution_id']);
  };
  const region = (name: string) => person.page.getByRole('region', { name, exact: true });

  it('shows its scores, and leads to the judgement', async () => {
    const id = await runReply('Why?');
    const judgement = await runReply('Judge');
    await stage.admin.put('/v1/scorers/helpful', { kind: 'human', labels: { yes: true, no: false } });
    const score = {
      execution_id: id,
      scorer: 'helpful',
      label: 'no',
      explanation: 'It repeats the question.',
    };
    expect(await stage.admin.post('/v1/scores', score)).toMatchObject({ status: 200 });
    // The state that a judge leaves.
    await stage.sql('UPDATE scores SET judge_execution_id = $1 WHERE execution_id = $2', [judgement, id]);
    await person.openAs(ADMIN_KEY, `/executions/${id}`);
    await person.page.getByText('It repeats the question.').waitFor();
    await person.page.getByText('not passed').waitFor();
    await person.page.getByRole('link', { name: 'The judgement of helpful' }).click();
    await person.page.waitForURL(`**/executions/${judgement}`);
    await person.page.getByText('Answer Judge').first().waitFor();
    expect(await person.page.getByText('It repeats the question.').count()).toBe(0);
  });

  it('is compared with another of its prompt, fact by fact and word by word', async () => {
    const id = await runReply('Where?');
    await putPrompt(stage.admin, 'support/reply', 'Answer {{question}} in short', { set_active: false });
    const other = await runReply('When?', { version_number: 2, params: { max_new_tokens: 50 } });
    await person.openAs(ADMIN_KEY, `/executions/${id}`);
    await person.page.getByRole('link', { name: 'Compare' }).click();
    const choices = person.page.getByRole('table', { name: 'Executions to compare with' });
    await choices.getByRole('row').nth(1).waitFor();
    await choices.getByRole('row').nth(1).press('Enter');
    await person.page.waitForURL(`**/executions/${id}/compare?with=*${other}*`);
    const rowOf = (name: string) => region('Asked').getByRole('row').filter({ hasText: name });
    for (const [name, before, after] of [
      ['Version', 'v1', 'v2'],
      ['variables.question', 'Where?', 'When?'],
      ['params.max_new_tokens', '–', '50'],
    ] as const) {
      await rowOf(name).getByText('differs').waitFor();
      expect(await rowOf(name).getByRole('cell').allInnerTexts()).toEqual([before, after]);
    }
    expect(await rowOf('Model').getByText('differs').count()).toBe(0);
    const sent = person.page.getByRole('heading', { name: 'Sent' }).locator('..');
    expect(await sent.locator('del').first().innerText()).toBe('Where');
    expect(await sent.locator('ins').allInnerTexts()).toEqual(['When', ' in short']);
    await person.page.reload();
    await rowOf('variables.question').waitFor();
    await person.page.getByRole('link', { name: 'Choose another' }).click();
    await person.page.getByLabel('Id of the other execution').fill('01900000-0000-7000-8000-000000000000');
    await person.page.getByRole('button', { name: 'Compare' }).click();
    await person.page.getByText('EXECUTION_NOT_FOUND').waitFor();
  });

  it('is replayed with all that it was asked with, and both are compared', async () => {
    const asked = { params: { max_new_tokens: 40 }, environment: 'prod', correlation_id: 'to-replay' };
    const id = await runReply('Again?', asked);
    await person.openAs(ADMIN_KEY, `/executions/${id}`);
    await person.page.getByRole('button', { name: 'Replay' }).click();
    await person.page.waitForURL(`**/executions/${id}/compare?with=*`);
    await region('Asked').getByText('playground').waitFor();
    await region('Outcome').getByText('queued').waitFor({ state: 'detached' });
    await person.page.getByText('Both are the same, to the last character.').nth(2).waitFor();
    const [replayed] = await stage.sql(
      `SELECT e.environment, e.max_new_tokens, e.execution_mode, e.metadata, v.version_number, i.variables_json AS variables
       FROM executions e JOIN prompt_versions v USING (version_id) JOIN execution_inputs i USING (execution_id)
       WHERE e.metadata ->> 'replay_of' = $1`,
      [id],
    );
    expect(replayed).toEqual({
      environment: 'playground',
      max_new_tokens: 40,
      execution_mode: 'async',
      metadata: { replay_of: id },
      version_number: 1,
      variables: { question: 'Again?' },
    });
  });

  it('is not replayed without what it was asked with', async () => {
    const id = await runReply('Erase me');
    expect(await stage.admin.delete(`/v1/executions/${id}/content`)).toMatchObject({ status: 204 });
    await person.openAs(ADMIN_KEY, `/executions/${id}`);
    await person.page.getByText('were erased').waitFor();
    expect(await person.page.getByRole('button', { name: 'Replay' }).count()).toBe(0);
    await person.page.getByRole('link', { name: 'Compare' }).waitFor();
  });

  it('is not replayed without members that only the OpenAI-compatible API takes', async () => {
    const body = { model: 'prompt/other', store: true };
    const answer = await stage.admin.post('/openai/v1/chat/completions', body);
    const id = answer.headers.get('x-execution-id') ?? '';
    expect(await stage.admin.get(`/v1/executions/${id}`)).toMatchObject({
      body: { prompt_name: 'other', vendor_params: { store: true } },
    });
    await person.openAs(ADMIN_KEY, `/executions/${id}`);
    await person.page.getByRole('link', { name: 'Compare' }).waitFor();
    expect(await person.page.getByRole('button', { name: 'Replay' }).count()).toBe(0);
  });
});
