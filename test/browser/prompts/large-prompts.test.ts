import { ADMIN_KEY, promptPath, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { Person } from '../person.js';

/** Some 200 kB of distinct lines, one of which is empty. */
const LINES = Array.from({ length: 3_000 }, (_, at) =>
  at === 1_500 ? '' : `${at}: answer {{name}} about order {{ order.id | default: "none" }} kindly.`,
);
const TEMPLATE = LINES.join('\n');
const rendered = (name: string, id: string) =>
  TEMPLATE.replaceAll('{{name}}', name).replaceAll('{{ order.id | default: "none" }}', id);
const QUIET = { violations: [], executed: [], errors: [] };

let stage: Stage;
let person: Person;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'large', TEMPLATE);
});
afterAll(() => stage.close());
beforeEach(async () => {
  person = await Person.sitDown({ url: stage.ledger.url });
});
afterEach(() => person.leave());

describe('a prompt of 200 kB', () => {
  it('is previewed to the byte, and copied from there as it is', async () => {
    await person.openAs(ADMIN_KEY, '/prompts/large');
    await person.page.getByLabel('Variables, as JSON').fill('{"name": "Ada", "order": {"id": 1}}');
    const preview = person.page.locator('pre').filter({ hasText: '0: answer Ada about order 1 kindly.' });
    await preview.click();
    await preview.selectText();
    await person.page.keyboard.press('Control+c');
    const copied = await person.page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(rendered('Ada', '1'));
    expect(await person.noted()).toEqual(QUIET);
  });

  it('shows what was typed last, however fast it came, and is saved as it was typed', async () => {
    await person.openAs(ADMIN_KEY, '/prompts/large');
    const editor = person.page.getByRole('textbox', { name: 'Template' });
    await editor.press('Control+End');
    await person.page.keyboard.type(' One more {% for item in items %}{{ item }}{% endfor %} and {{last}}');
    const typed = `${TEMPLATE} One more {% for item in items %}{{ item }}{% endfor %} and {{last}}`;
    const added = person.page.getByLabel('What changes', { exact: true }).locator('ins');
    await added.filter({ hasText: 'and {{last}}' }).waitFor();
    // The hash appears once it is that of the whole text.
    const shownHash = await person.page.getByTitle(/^[0-9a-f]{64}$/).getAttribute('title');
    await person.page.keyboard.press('Control+s');
    await person.page.getByRole('button', { name: /v2/, pressed: true }).waitFor();
    const { body } = await stage.admin.get(`${promptPath('large')}/versions/2`);
    expect(body).toMatchObject({ template_source: typed, checksum_hash: shownHash });
  });

  it('says where it does not parse while the page goes on', async () => {
    await person.openAs(ADMIN_KEY, '/prompts/large');
    await person.page.getByRole('textbox', { name: 'Template' }).press('Control+Home');
    await person.page.keyboard.type('{% if name %}');
    await person.page.getByRole('alert').filter({ hasText: 'TEMPLATE_INVALID' }).waitFor();
    await person.page.getByText('does not parse').waitFor();
    await person.page.getByRole('button', { name: /Save version/, disabled: true }).waitFor();
  });

  it('goes through the playground and back without a change', async () => {
    await person.openAs(ADMIN_KEY, '/playground?prompt=large&version=1');
    const variant = person.page.getByRole('group', { name: 'Variant A' });
    await variant.getByRole('link', { name: 'large v1' }).waitFor();
    await variant.getByRole('button', { name: 'Save variant A as a version' }).click();
    const dialog = person.page.getByRole('dialog');
    await dialog.getByLabel('Prompt').fill('large-copy');
    await dialog.getByRole('button', { name: 'Save version' }).click();
    await variant.getByRole('link', { name: 'large-copy v1' }).waitFor();
    const { body } = await stage.admin.get(`${promptPath('large-copy')}/versions/1`);
    expect(body['template_source']).toBe(TEMPLATE);
  });
});

describe('the worker of the page', () => {
  it('is the only one: no other script and no other policy is let in', async () => {
    await person.openAs(ADMIN_KEY, '/prompts/large');
    await person.page.getByTitle(/^[0-9a-f]{64}$/).waitFor();
    expect(await person.noted()).toEqual(QUIET);
    const answers = await person.page.evaluate(() => {
      const { trustedTypes } = window as unknown as {
        trustedTypes: { createPolicy(name: string, rules: object): unknown };
      };
      const tries = [
        () => new Worker('/app/assets/worker.js'),
        () => trustedTypes.createPolicy('another', {}),
        () => trustedTypes.createPolicy('prompt-ledger-worker', {}),
      ];
      return tries.map((attempt) => {
        try {
          attempt();
          return 'allowed';
        } catch (error) {
          return (error as Error).name;
        }
      });
    });
    expect(answers).toEqual(['TypeError', 'TypeError', 'TypeError']);
  });
});

describe('the editor', () => {
  it('colours what is no text, and nothing of a comment', async () => {
    await person.openAs(ADMIN_KEY, '/prompts/-/new');
    await person.page
      .getByRole('textbox', { name: 'Template' })
      .fill(
        'Hi {{ user.name | default: "you" }}{% if a > 12 %}!{% endif %}\n{% comment %}{{ x }}{% endcomment %}\n{% raw %}{{ y }}{% endraw %}{{ z',
      );
    const texts = (kind: string) => person.page.locator(`.cm-liquid-${kind}`).allInnerTexts();
    await person.page.locator('.cm-liquid-comment').waitFor();
    expect(await texts('keyword')).toEqual(['if', 'endif', 'raw', 'endraw']);
    expect(await texts('literal')).toEqual(['"you"', '12']);
    expect((await texts('comment')).join('')).toBe('{% comment %}{{ x }}{% endcomment %}');
    expect((await texts('name')).join(' ')).toContain('user name default');
    expect((await texts('name')).join(' ')).not.toMatch(/\b[xy]\b/);
    expect((await texts('name')).join(' ')).toMatch(/\{\{ z$/);
  });
});
