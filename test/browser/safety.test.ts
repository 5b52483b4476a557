import { api } from '../support/api-client.js';
import { ADMIN_KEY, ECHO, promptPath, putPrompt, type Stage, startStage } from '../e2e/stage.js';
import { makeMember, memberClient } from '../e2e/people.js';
import { hostileTexts } from './hostile-texts.js';
import { Person } from './person.js';

const TEXTS = hostileTexts(200);

let stage: Stage;
let person: Person;
let executionId: string;
let changeId: string;
let rolloutId: string;

/** Every field that keeps a text has its own share of the texts. */
beforeAll(async () => {
  stage = await startStage();
  const [descriptions, teams, tags, messages, templates] = [0, 1, 2, 3, 4].map((part) =>
    TEXTS.slice(part * 40, part * 40 + 40),
  );
  for (let at = 0; at < 40; at += 1) {
    await putPrompt(stage.admin, `hostile/p${at}`, templates![at]!, {
      description: descriptions![at],
      owner_team: teams![at],
      tags: [tags![at]!.slice(0, 60)],
      commit_message: messages![at],
      created_by: descriptions![at],
    });
  }
  await stage.admin.put(promptPath('hostile/p0'), {
    template_source: TEXTS.join('\n'),
    commit_message: TEXTS[7],
  });
  for (const part of [templates!, messages!]) {
    await stage.admin.put('/v1/snippets/hostile', {
      template_source: part.join('\n'),
      description: TEXTS[2],
      commit_message: part[2],
      created_by: part[3],
    });
  }
  const { body } = await stage.admin.post('/v1/executions:run', {
    prompt_name: 'hostile/p0',
    version_number: 2,
    model: ECHO,
    variables: Object.fromEntries(TEXTS.map((text) => [text.slice(0, 200), text])),
    correlation_id: TEXTS[1]!.slice(0, 100),
    metadata: Object.fromEntries(TEXTS.slice(0, 16).map((text, at) => [`${at} ${text}`.slice(0, 64), text])),
  });
  executionId = String(body['execution_id']);
  // Environments, keys and budgets, whose names may be any text, name groups of analytics.
  const { body: key } = await stage.admin.post('/v1/keys', {
    name: TEXTS[11]!.slice(0, 100),
    scopes: ['executions:run'],
  });
  const keyed = api(stage.ledger.url, String(key['key']));
  for (const text of TEXTS.slice(0, 25)) {
    await keyed.post('/v1/executions:run', {
      content: { template_source: '{{text}}' },
      variables: { text },
      model: ECHO,
      environment: text.slice(0, 100),
    });
  }
  await stage.admin.post('/v1/budgets', {
    name: TEXTS[12]!.slice(0, 100),
    scope: 'owner_team',
    scope_value: teams![3]!,
    period: 'day',
    limit_usd: '1',
    mode: 'soft',
  });
  await stage.admin.put(`${promptPath('hostile/p0')}/environments/prod`, {
    version_number: 1,
    reason: TEXTS[3],
  });
  await stage.admin.put('/v1/environments/prod', { protected: true });
  const author = await memberClient(stage, 'editor');
  const change = {
    prompt_name: 'hostile/p0',
    environment: 'prod',
    version_number: 2,
    reason: TEXTS.slice(0, 12).join(' '),
  };
  changeId = String((await author.post('/v1/changes', change)).body['change_id']);
  for (const [at, text] of TEXTS.slice(25, 50).entries()) {
    const prompt = `hostile/p${at + 10}`;
    await stage.admin.put(promptPath(prompt), { template_source: text });
    const { body: rollout } = await stage.admin.post('/v1/rollouts', {
      name: text.slice(0, 200),
      prompt_name: prompt,
      environment: 'default',
      candidate: { version_number: 2 },
      steps: [{ percent: 50 }],
      primary: { metric: 'error_rate' },
    });
    rolloutId = String(rollout['rollout_id']);
    await stage.admin.post(`/v1/rollouts/${rolloutId}:stop`, { reason: TEXTS.slice(0, 60).join(' ') });
  }
  const scorers = {
    compares: { kind: 'check', check: 'contains', value: TEXTS },
    computes: {
      kind: 'code',
      source: `() => ({ value: 1, label: '<svg>', explanation: ${JSON.stringify(TEXTS.slice(0, 60).join('\n'))} })`,
    },
    asks: {
      kind: 'human',
      labels: Object.fromEntries(TEXTS.slice(0, 25).map((text, at) => [text.slice(0, 100), at > 0])),
    },
  };
  for (const [name, definition] of Object.entries(scorers)) {
    expect(await stage.admin.put(`/v1/scorers/${name}`, definition)).toMatchObject({ status: 200 });
  }
  await stage.admin.put('/v1/scorers/compares', { kind: 'check', check: 'equals', value: TEXTS.join('\n') });
  for (const [at, text] of TEXTS.slice(0, 25).entries()) {
    const name = text.slice(0, 200);
    await stage.admin.post('/v1/users', { kind: 'service', name });
    await makeMember(stage.admin, 'viewer', { name });
    await stage.admin.put(`/v1/teams/${encodeURIComponent(name.slice(0, 100))}`, {
      role: 'viewer',
      members: [],
    });
    await stage.admin.post('/v1/keys', { name, role: 'viewer' });
    await stage.admin.put(`/v1/routes/r${at}`, { description: name, targets: [ECHO] });
    await stage.admin.put(`/v1/environments/${encodeURIComponent(text.slice(0, 100))}`, { protected: true });
    await stage.admin.post('/v1/prices', {
      provider: 'echo',
      model_name: `m${at}`,
      input_usd_per_mtok: '1',
      output_usd_per_mtok: '1',
      source: text,
    });
  }
  const approver = await memberClient(stage, 'approver');
  await approver.post(`/v1/changes/${changeId}:approve`, { comment: TEXTS[5] });
});
afterAll(() => stage.close());
beforeEach(async () => {
  person = await Person.sitDown({ url: stage.ledger.url });
});
afterEach(() => person.leave());

const QUIET = { violations: [], executed: [], errors: [] };

describe('texts that would run elsewhere', () => {
  it('are only texts on every screen', async () => {
    await person.openAs(ADMIN_KEY, '/prompts');
    const screens: readonly (readonly [path: string, seen: string])[] = [
      ['/prompts', 'hostile/p10'],
      [`/prompts?tag=${encodeURIComponent(TEXTS[80]!.slice(0, 60))}`, 'hostile/p0'],
      ['/prompts/hostile%2Fp0', '<svg onload='],
      ['/prompts/hostile%2Fp0?tab=versions', 'What changes'],
      ['/prompts/hostile%2Fp0?tab=history', 'prod'],
      ['/snippets', '<svg onload='],
      ['/snippets/hostile', '<svg onload='],
      ['/snippets/hostile?tab=versions', 'What changes'],
      [`/snippets/${encodeURIComponent(TEXTS[0]!)}`, 'Try again'],
      ['/executions', 'hostile/p0'],
      [`/executions/${executionId}`, '</title><script>'],
      [`/executions/${executionId}/compare?with=${executionId}`, 'to the last character'],
      [`/executions/${executionId}/compare?with=${encodeURIComponent(TEXTS[7]!)}`, 'Try again'],
      ['/analytics', 'hostile/p0'],
      ['/analytics?by=environment', '<svg onload='],
      ['/analytics?by=owner_team', 'Breakdown'],
      ['/analytics?by=api_key', '</title><script>'],
      [
        `/analytics?prompt=${encodeURIComponent(TEXTS[0]!)}&team=${encodeURIComponent(TEXTS[1]!)}`,
        'Try again',
      ],
      [
        `/executions?team=${encodeURIComponent(TEXTS[2]!)}&model=${encodeURIComponent(TEXTS[3]!)}`,
        'No execution',
      ],
      ['/changes', 'hostile/p0'],
      [`/changes/${changeId}`, '</textarea>'],
      ['/rollouts', '<svg onload='],
      [`/rollouts/${rolloutId}`, '</textarea>'],
      [`/rollouts?environment=${encodeURIComponent(TEXTS[4]!)}`, 'No rollout fits'],
      [
        `/rollouts/new?prompt=${encodeURIComponent(TEXTS[5]!)}&environment=${encodeURIComponent(TEXTS[6]!)}`,
        'Make the draft',
      ],
      ['/audit', 'price.create'],
      [`/audit?subject=${encodeURIComponent(`prompt/${TEXTS[0]!}`)}`, 'No entry fits'],
      ['/keys', '<svg onload='],
      ['/members', '<svg onload='],
      ['/teams', '<svg onload='],
      ['/environments', '<svg onload='],
      ['/routes', '<svg onload='],
      ['/prices', '<svg onload='],
      ['/scorers', '<svg onload='],
      ['/scorers/asks', '<svg onload='],
      ['/scorers/compares?tab=versions', 'What changes'],
      [`/scorers/${encodeURIComponent(TEXTS[0]!)}`, 'Try again'],
      [`/prompts/${encodeURIComponent(TEXTS[0]!)}`, 'Try again'],
    ];
    for (const [path, seen] of screens) {
      await person.open(path);
      await person.page.getByText(seen).first().waitFor();
      expect({ path, ...(await person.noted()) }).toEqual({ path, ...QUIET });
    }
  });

  it('are only texts in the playground: typed, sent, answered, compared and saved', async () => {
    await person.openAs(ADMIN_KEY, `/playground?execution=${executionId}`);
    const variant = (name: string) => person.page.getByRole('group', { name: `Variant ${name}` });
    await variant('A').getByRole('link', { name: 'hostile/p0 v2' }).waitFor();
    await person.page.getByRole('button', { name: 'Add a variant' }).click();
    await variant('B').getByRole('textbox', { name: 'Template' }).fill(TEXTS.slice(0, 60).join('\n'));
    await person.page.getByRole('button', { name: /^Run all/ }).click();
    for (const name of ['A', 'B']) await variant(name).getByText('succeeded').waitFor();
    await person.page.getByLabel('What changes', { exact: true }).waitFor();
    await variant('A').getByText('Tools and format', { exact: true }).click();
    await variant('A').getByLabel('Tools, as JSON').fill(TEXTS[0]!);
    await variant('A').getByLabel('Model').fill(TEXTS[1]!);
    await variant('A').getByRole('button', { name: 'Run variant A' }).click();
    await variant('A').getByRole('alert').waitFor();
    await variant('B').getByRole('button', { name: 'Save variant B as a version' }).click();
    const dialog = person.page.getByRole('dialog');
    await dialog.getByLabel('Prompt').fill('hostile/p1');
    await dialog.getByLabel('What changes, and why').fill(TEXTS[9]!);
    await dialog.getByRole('button', { name: 'Save version' }).click();
    await variant('B')
      .getByRole('link', { name: /hostile\/p1 v/ })
      .waitFor();
    expect(await person.noted()).toEqual(QUIET);
  });

  it('are only texts in the palette and in the dialogs', async () => {
    await person.openAs(ADMIN_KEY, '/prompts/hostile%2Fp1');
    await person.page.getByRole('button', { name: /Promote/ }).click();
    await person.page.getByLabel('Environment').waitFor();
    await person.page.keyboard.press('Escape');
    await person.page.keyboard.press('Control+k');
    await person.page.getByRole('combobox').fill('hostile');
    await person.page.getByRole('option', { name: /hostile\/p1 / }).waitFor();
    expect(await person.noted()).toEqual(QUIET);
    for (const [path, shown] of [
      ['/audit', 'price.'],
      ['/keys', '<svg onload='],
      ['/members', '<svg onload='],
      ['/teams', '<svg onload='],
      ['/environments', '<svg onload='],
      ['/routes', '<svg onload='],
    ] as const) {
      await person.open(path);
      await person.page.getByRole('row').filter({ hasText: shown }).first().click();
      await person.page.getByRole('dialog').waitFor();
      expect({ path, ...(await person.noted()) }).toEqual({ path, ...QUIET });
    }
    await person.open('/analytics');
    await person.page.getByText('Change …').click();
    await person.page.getByRole('dialog').getByText(TEXTS[43]!).waitFor();
    await person.page.getByRole('button', { name: 'Delete …' }).click();
    await person.page.getByRole('dialog').getByText(TEXTS[12]!.slice(0, 100)).waitFor();
    expect(await person.noted()).toEqual(QUIET);
    await person.open('/prompts/hostile%2Fp2');
    await person.page.getByRole('button', { name: 'About …' }).click();
    const description = person.page.getByLabel('Description', { exact: true });
    expect(await description.inputValue()).toBe(TEXTS[2]!);
    await description.fill(TEXTS.join('\n'));
    await person.page.getByRole('button', { name: 'Save it' }).click();
    await person.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await person.noted()).toEqual(QUIET);
  });
});

describe('the page', () => {
  it('is never kept, and has another nonce with each answer', async () => {
    const answers = await Promise.all([
      fetch(`${stage.ledger.url}/app`),
      fetch(`${stage.ledger.url}/app/prompts/a%2Fb`),
    ]);
    const nonces = await Promise.all(
      answers.map(async (answer) => {
        expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
        const policy = answer.headers.get('content-security-policy') ?? '';
        expect(policy).toMatch(/^default-src 'none'; /);
        expect(policy).not.toContain('unsafe');
        expect(policy).toContain("require-trusted-types-for 'script'; trusted-types prompt-ledger-worker");
        expect(policy).toContain("worker-src 'self'");
        const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
        const html = await answer.text();
        expect(html).toContain(`nonce="${nonce}"`);
        expect(html).not.toContain('__CSP_NONCE__');
        // Every script and style has an address.
        expect(html).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
  });

  it('has files that are kept for good, and a 404 for those that are not there', async () => {
    const html = await (await fetch(`${stage.ledger.url}/app`)).text();
    const file = /src="(\/app\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
    const answer = await fetch(stage.ledger.url + file);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    for (const path of [
      '/app/assets/none.js',
      '/app/assets/..%2findex.html',
      '/app/assets/%2e%2e/%2e%2e/package.json',
    ]) {
      expect((await fetch(stage.ledger.url + path)).status).toBe(404);
    }
  });
});
