import { promptPath, putPrompt, type Stage, startStage } from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
  for (const name of ['order/a', 'order/b', 'order/c']) await putPrompt(stage.admin, name, 'Hello');
});
afterAll(() => stage.close());

interface Page {
  readonly prompts: readonly { readonly name: string }[];
  readonly next_cursor: string | null;
}

async function read(query: string): Promise<{ names: string; cursor: string | null }> {
  const { status, body } = await stage.admin.get<Page>(`/v1/prompts?q=order/${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  const names = body.prompts.map(({ name }) => name.replace('order/', '')).join(' ');
  return { names, cursor: body.next_cursor };
}

const lastChanged = async () => (await read('&sort=-updated_at')).names;
const register = (templates: Readonly<Record<string, string>>, more = {}) =>
  stage.admin.post('/v1/prompts/register-code', {
    prompts: Object.entries(templates).map(([name, template_source]) => ({
      name: `order/${name}`,
      template_source,
      ...more,
    })),
  });

describe('GET /v1/prompts?sort=-updated_at', () => {
  it('has the last changed first, whatever was changed', async () => {
    expect((await read('')).names).toBe('a b c');
    expect((await read('&sort=name')).names).toBe('a b c');
    expect(await lastChanged()).toBe('c b a');
    await stage.admin.put(promptPath('order/a'), { template_source: 'A draft' });
    expect(await lastChanged()).toBe('a c b');
    await stage.admin.put(promptPath('order/b'), { template_source: 'Hello', description: 'Says hello' });
    expect(await lastChanged()).toBe('b a c');
    await stage.admin.put(`${promptPath('order/c')}/environments/staging`, { version_number: 1 });
    expect(await lastChanged()).toBe('c b a');
    await stage.admin.post(`${promptPath('order/a')}/versions/2:activate`);
    expect(await lastChanged()).toBe('a c b');
    await stage.admin.put(`${promptPath('order/b')}/environments/staging`, { version_number: 1 });
    await stage.admin.put(`${promptPath('order/c')}/environments/staging`, { version_number: 1 });
    expect(await lastChanged()).toBe('b a c');
  });

  it('has what was registered together by name, and is read page by page', async () => {
    await register({ 'code/z': 'z', 'code/x': 'x', 'code/y': 'y' });
    const all = (await read('code/&sort=-updated_at')).names;
    expect(all).toBe('code/x code/y code/z');
    await register({ 'code/y': 'another' });
    const found: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await read(`code/&sort=-updated_at&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      found.push(page.names);
      cursor = page.cursor;
    }
    expect(found).toEqual(['code/y', 'code/x', 'code/z']);
    // A request without changes leaves the order as it is.
    await register({ 'code/z': 'z' });
    expect((await read('code/&sort=-updated_at')).names).toBe('code/y code/x code/z');
    await stage.admin.post('/v1/prompts:retire', { prompts: [{ name: 'order/code/z' }] });
    expect((await read('code/&sort=-updated_at')).names).toBe('code/z code/y code/x');
  });

  it('goes with the filters', async () => {
    expect((await read('code/&sort=-updated_at&retired=false')).names).toBe('code/y code/x');
    expect((await read('code/&sort=-updated_at&search=another')).names).toBe('code/y');
  });

  it('refuses another order, and a cursor of another order', async () => {
    const cursors = {
      'sort=-updated_at': (await read('&limit=1')).cursor,
      'sort=name': (await read('&sort=-updated_at&limit=1')).cursor,
    };
    const queries = [
      'sort=created_at',
      ...Object.entries(cursors).map(([sort, cursor]) => `${sort}&cursor=${cursor}`),
    ];
    for (const time of [
      '2026-13-45T99:99:99.000000Z',
      '2026-02-30T00:00:00.000000Z',
      'infinity',
      '2026-02-01',
    ]) {
      const cursor = Buffer.from(JSON.stringify([time, 'a'])).toString('base64url');
      queries.push(`sort=-updated_at&cursor=${cursor}`);
    }
    for (const query of queries) {
      const { status, body } = await stage.admin.get(`/v1/prompts?${query}`);
      expect({ query, status, body }).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    }
  });
});
