import { createHash, randomUUID } from 'node:crypto';
import { readJsonText } from '../../../src/kernel/index.js';
import type { AddedItemsDto, AddMode } from '../../../src/modules/datasets/items/items.dto.js';
import { DatasetsWorld } from '../../support/worlds/datasets-world.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

const ONE_ITEM = 'a692f4a170b9680f7a975db194b7aebcf88804841d63a5cc230055f1280866e0';
const ONE_ITEM_VERSION = '210ee069290521ee51238357407136f6c83b41f4b92d06c78386d6147f4fd177';

interface Page {
  readonly version: string | null;
  readonly items: readonly (Record<string, unknown> & {
    readonly item_id: string;
    readonly item_hash: string;
  })[];
  readonly next_cursor: string | null;
}

let context: LedgerContext;
let world: DatasetsWorld;
let name: string;

beforeAll(async () => {
  context = await openLedgerContext();
  world = await DatasetsWorld.open(context);
});
afterAll(async () => {
  world.close();
  await context.close();
});
beforeEach(async () => {
  name = `dataset-${randomUUID()}`;
  await world.datasets.put(world.actor, name, {});
});

/** Parses items as a request carries them, with the text of their numbers. */
function parse(items: unknown): unknown[] {
  const text = typeof items === 'string' ? items : JSON.stringify(items);
  return readJsonText(text, { maxDepth: 64 }).value as unknown[];
}

async function add(items: unknown, mode: AddMode = 'append'): Promise<AddedItemsDto> {
  return world.items.add(world.actor, name, { items: parse(items), mode });
}

const x = (value: number, more: object = {}) => ({ ...more, variables: { x: value } });
const named = (id: string, value: number) => x(value, { external_id: id });

async function pageText(query: { version?: string; limit?: number; cursor?: string } = {}): Promise<string> {
  const answer = await world.items.list(context.projectId, name, { limit: 200, ...query });
  return String(answer.body);
}

async function listPage(query: { version?: string; limit?: number; cursor?: string } = {}): Promise<Page> {
  return JSON.parse(await pageText(query)) as Page;
}

async function listValues(version?: string): Promise<unknown[]> {
  const { items } = await listPage(version === undefined ? {} : { version });
  return items.map(({ variables }) => (variables as { x: unknown }).x);
}

async function listVersions() {
  return (await world.datasets.listVersions(context.projectId, name, { limit: 200 })).versions;
}

function versionOf(hashes: readonly string[]): string {
  const sorted = [...hashes].sort().map((hash) => `"${hash}"`);
  return createHash('sha256')
    .update(`["prompt-ledger/dataset/1",[${sorted.join(',')}]]`)
    .digest('hex');
}

describe('a version of a dataset', () => {
  it('is the hash of the contract', async () => {
    expect(await add([{ variables: { x: '1' } }])).toEqual({
      version: ONE_ITEM_VERSION,
      item_count: 1,
      added: 1,
      changed: 0,
      removed: 0,
    });
    const { version, items } = await listPage();
    expect(version).toBe(ONE_ITEM_VERSION);
    expect(items).toMatchObject([{ item_hash: ONE_ITEM, source_execution_id: null, variables: { x: '1' } }]);
  });

  it('covers every item as often as it is there, in no order', async () => {
    const { version, item_count: count } = await add([x(3), x(1), x(1), named('a', 2), x(2)]);
    const { items } = await listPage();
    expect(count).toBe(5);
    expect(version).toBe(versionOf(items.map(({ item_hash: hash }) => hash)));
    expect((await add([x(3), x(1), named('a', 2), x(2)], 'replace')).version).not.toBe(version);
  });

  it('is one for equal content in another order, twice, and by 20 clients at once', async () => {
    const items = [x(1), x(1), named('a', 1), { variables: {}, expected: null }, { variables: {} }];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, nth) => add(nth % 2 === 0 ? items : [...items].reverse(), 'replace')),
    );
    answers.push(await add(items, 'replace'));
    expect(new Set(answers.map(({ version }) => version)).size).toBe(1);
    expect(answers.map(({ item_count: count }) => count)).toEqual(answers.map(() => 5));
    expect(answers.filter(({ added }) => added > 0)).toHaveLength(1);
    expect(await listVersions()).toMatchObject([{ current: true, item_count: 5, created_by: 'test' }]);
    expect((await listPage()).items).toHaveLength(5);
  });

  it('is that of the empty list without items', async () => {
    expect(await add([])).toMatchObject({ version: versionOf([]), item_count: 0 });
    expect(await listPage()).toEqual({ version: versionOf([]), items: [], next_cursor: null });
  });

  it('is none before the first items', async () => {
    expect(await listPage()).toEqual({ version: null, items: [], next_cursor: null });
    expect(await listVersions()).toEqual([]);
  });

  it('is kept, and is the same when its content comes back', async () => {
    const first = await add([named('a', 1), x(5)]);
    const second = await add([named('a', 2), x(6)], 'replace');
    expect(await listValues(first.version)).toEqual([1, 5]);
    expect(await listValues(second.version)).toEqual([2, 6]);
    const again = await add([x(5), named('a', 1)], 'replace');
    expect(again).toMatchObject({ version: first.version, added: 1, changed: 1, removed: 1 });
    expect(await listValues()).toEqual([1, 5]);
    const third = await add([x(7)]);
    expect(await listValues()).toEqual(await listValues(third.version));
    expect((await listValues()).sort()).toEqual([1, 5, 7]);
    expect(await listVersions()).toMatchObject([
      { version: third.version, current: true },
      { version: second.version, current: false },
      { version: first.version, current: false },
    ]);
  });
});

describe('appending', () => {
  it('changes an item with the same external_id in its place, and adds the others', async () => {
    await add([named('a', 1), named('b', 2), x(3)]);
    expect(await add([named('b', 20), named('c', 4), x(3)])).toMatchObject({
      item_count: 5,
      added: 2,
      changed: 1,
      removed: 0,
    });
    expect(await listValues()).toEqual([1, 20, 3, 4, 3]);
  });

  it('of what is there already under its external_id is no new version', async () => {
    const first = await add([named('a', 1), named('b', 2)]);
    expect(await add([named('b', 2)])).toEqual({ ...first, added: 0 });
    expect(await listVersions()).toHaveLength(1);
  });

  it('by many at once loses nothing', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, nth) => add([named(`n${nth}`, nth), x(nth)])));
    expect(new Set((await listPage()).items.map(({ item_id: id }) => id)).size).toBe(24);
    expect((await listVersions()).map(({ item_count: count }) => count)).toEqual(
      Array.from({ length: 12 }, (_, nth) => 24 - 2 * nth),
    );
  });
});

describe('replacing', () => {
  it('keeps what both lists have, and says what it did', async () => {
    await add([named('a', 1), named('b', 2), x(3), x(3), x(4)]);
    const { items: before } = await listPage();
    expect(await add([x(3), x(9), named('b', 20), named('a', 1)], 'replace')).toMatchObject({
      item_count: 4,
      added: 1,
      changed: 1,
      removed: 2,
    });
    expect(await listValues()).toEqual([1, 20, 3, 9]);
    const { items: after } = await listPage();
    expect(after[0]?.item_id).toBe(before[0]?.item_id);
  });

  it('moves an external_id to another item', async () => {
    await add([named('a', 1), named('b', 2)]);
    expect(await add([named('b', 1), named('a', 2)], 'replace')).toMatchObject({
      changed: 2,
      added: 0,
      removed: 0,
    });
    expect((await listPage()).items.map(({ external_id: id }) => id)).toEqual(['b', 'a'].reverse());
  });

  it('holds for thousands of items that were written a moment ago', async () => {
    const many = (from: number) =>
      Array.from({ length: 4000 }, (_, nth) => named(`i${nth}`, nth < 3000 ? nth : from));
    await add(many(-1));
    expect(await add([...many(-2)].reverse(), 'replace')).toMatchObject({
      added: 0,
      changed: 1000,
      removed: 0,
    });
    expect(await add(many(-3))).toMatchObject({ added: 0, changed: 1000, removed: 0 });
    const { version } = await context.scope.transaction(context.projectId, (tx) =>
      world.reads.getVersion(tx, context.projectId, name, null),
    );
    const hashes: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page: Page = await listPage(cursor === undefined ? {} : { cursor });
      hashes.push(...page.items.map(({ item_hash: hash }) => hash));
      cursor = page.next_cursor;
    }
    expect(hashes).toHaveLength(4000);
    expect(versionOf(hashes)).toBe(version);
  });
});

describe('the items of a version', () => {
  it('come back as they were sent, number by number', async () => {
    await add(
      '[{"external_id":"a","variables":{"10":1.10,"2":12345678901234567890,"a":[1E2]},"expected":1.0,"metadata":null}]',
    );
    expect(await pageText()).toContain(
      '"external_id":"a","variables":{"10":1.10,"2":12345678901234567890,"a":[1E2]},"expected":1.0,"metadata":null}]',
    );
  });

  it('are read page by page, of the version that the first page was of', async () => {
    const { version } = await add([x(1), x(2), x(3)]);
    const first = await listPage({ limit: 2 });
    await add([x(4)], 'replace');
    const second = await listPage({ limit: 2, cursor: first.next_cursor ?? '' });
    expect(second).toMatchObject({ version, items: [{ variables: { x: 3 } }], next_cursor: null });
    await expect(
      listPage({ cursor: first.next_cursor ?? '', version: ONE_ITEM_VERSION }),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('fill a page by their size as well', async () => {
    const large = (nth: number) => ({ variables: { nth, text: 'x'.repeat(900_000) } });
    await add([large(1), large(2), large(3), large(4), large(5), large(6)]);
    const first = await listPage();
    expect(first.items.map(({ variables }) => (variables as { nth: number }).nth)).toEqual([1, 2, 3, 4]);
    const second = await listPage({ cursor: first.next_cursor ?? '' });
    expect(second.items).toHaveLength(2);
    expect(second.next_cursor).toBeNull();
  });

  it('are not those of a version that there never was', async () => {
    await add([x(1)]);
    await expect(listPage({ version: ONE_ITEM_VERSION })).rejects.toMatchObject({
      code: 'DATASET_VERSION_NOT_FOUND',
    });
  });

  it('can be read by whoever pinned them when the dataset is deleted, and its name used again', async () => {
    const { version } = await add([x(1)]);
    const pinned = await context.scope.transaction(context.projectId, (tx) =>
      world.reads.getVersion(tx, context.projectId, name, version),
    );
    await world.datasets.delete(world.actor, name);
    await expect(listPage()).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
    await world.datasets.put(world.actor, name, { description: 'another' });
    expect(await listVersions()).toEqual([]);
    const page = await context.scope.transaction(context.projectId, async (tx) => {
      const found = await world.reads.findPinned(tx, context.projectId, pinned.datasetId, version);
      return found === null
        ? null
        : world.reads.listItems(tx, context.projectId, found, { after: null, limit: 5 });
    });
    expect(page).toMatchObject({
      items: [{ variablesJson: '{"x":1}', expectedJson: null }],
      nextAfter: null,
    });
  });
});

describe('an upload', () => {
  const upload = (uploadId: string) => ({
    stage: (part: number, items: unknown) =>
      world.items.stage(world.actor, name, { upload_id: uploadId, part, items: parse(items) }),
    end: (parts: number, mode: AddMode = 'append') =>
      world.items.add(world.actor, name, { upload_id: uploadId, parts, mode }),
  });

  it('is one version, whatever order its parts come in, and is nothing before', async () => {
    const { stage, end } = upload(randomUUID());
    expect(await stage(2, [x(3), x(4)])).toMatchObject({ part: 2, item_count: 2 });
    expect(await stage(1, [x(9)])).toMatchObject({ item_count: 3 });
    expect(await stage(1, [x(1), x(2)])).toMatchObject({ item_count: 4 });
    expect((await listPage()).version).toBeNull();
    const ended = await end(2);
    expect(ended).toMatchObject({ item_count: 4, added: 4 });
    expect(await listValues()).toEqual([1, 2, 3, 4]);
    expect(await listVersions()).toHaveLength(1);
    expect(await end(2)).toEqual(ended);
    expect(await stage(1, [x(7)])).toMatchObject({ item_count: 4 });
    expect(await listValues()).toEqual([1, 2, 3, 4]);
  });

  it('is not ended before all of it is there, nor as less than it is', async () => {
    const { stage, end } = upload(randomUUID());
    await expect(end(2)).rejects.toMatchObject({
      code: 'DATASET_UPLOAD_INCOMPLETE',
      message: expect.stringContaining('parts 1, 2') as string,
    });
    await stage(2, [x(1)]);
    await expect(end(2)).rejects.toMatchObject({ message: expect.stringContaining('part 1 of') as string });
    await expect(end(1)).rejects.toMatchObject({ errors: [{ pointer: '/parts' }] });
  });

  it('is refused with an external_id in two of its parts', async () => {
    const { stage, end } = upload(randomUUID());
    await stage(1, [named('a', 1)]);
    await stage(2, [named('a', 2)]);
    await expect(end(2)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ pointer: '/upload_id', message: expect.stringContaining('"a"') as string }],
    });
  });

  it('that nobody ends within a day is dropped with what only it held', async () => {
    const former = upload(randomUUID());
    await add([x(1)]);
    await former.stage(1, [x(1), x(2)]);
    await context.owner.query(
      `UPDATE dataset_uploads SET created_at = now() - interval '2 days';
       UPDATE dataset_contents SET created_at = now() - interval '2 days'`,
    );
    await upload(randomUUID()).stage(1, [x(3)]);
    await expect(former.end(1)).rejects.toMatchObject({ code: 'DATASET_UPLOAD_INCOMPLETE' });
    const { rows } = await context.owner.query(
      `SELECT content::text FROM dataset_contents JOIN datasets USING (project_id, dataset_id) WHERE name = $1 ORDER BY 1`,
      [name],
    );
    expect(rows).toEqual([{ content: '{"variables":{"x":1}}' }, { content: '{"variables":{"x":3}}' }]);
  });
});

describe('a schema of variables', () => {
  it('is held to when items come in, and not for those that are there', async () => {
    await add([{ variables: { text: 1 } }]);
    const schema = { type: 'object', properties: { text: { type: 'string' } } };
    await world.datasets.put(world.actor, name, { variables_schema: schema });
    await expect(add([{ variables: { text: 'a' } }, { variables: { text: 2 } }])).rejects.toMatchObject({
      status: 422,
      code: 'DATASET_ITEMS_INVALID',
      errors: [{ pointer: '/items/1/variables/text' }],
    });
    expect(await add([{ variables: { text: 'a' } }])).toMatchObject({ item_count: 2 });
    await world.datasets.put(world.actor, name, { variables_schema: null });
    expect(await add([{ variables: { text: 2 } }])).toMatchObject({ item_count: 3 });
  });

  it('is refused when it is none', async () => {
    await expect(
      world.datasets.put(world.actor, name, { variables_schema: { type: 'text' } }),
    ).rejects.toMatchObject({
      status: 400,
      errors: [{ pointer: expect.stringMatching(/^\/variables_schema/) as string }],
    });
  });
});

it('writes each change down, and nothing where nothing changed', async () => {
  await add([x(1)]);
  await add([x(1)], 'replace');
  await world.datasets.put(world.actor, name, {});
  await world.datasets.put(world.actor, name, { description: 'what for' });
  await world.datasets.delete(world.actor, name);
  const { rows } = await context.owner.query<{ action: string }>(
    'SELECT action FROM audit_log WHERE subject = $1 ORDER BY audit_id',
    [`dataset/${name}`],
  );
  expect(rows.map(({ action }) => action)).toEqual([
    'dataset.put',
    'dataset.items',
    'dataset.put',
    'dataset.delete',
  ]);
});
