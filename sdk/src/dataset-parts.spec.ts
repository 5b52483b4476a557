import { fakeFetch, json } from './fake-fetch.testkit.js';
import { splitParts } from './dataset-parts.js';
import { LedgerClient } from './ledger-client.js';
import type { NewDatasetItem } from './wire/index.js';

async function sizesOf(items: Iterable<NewDatasetItem>): Promise<number[]> {
  const sizes: number[] = [];
  for await (const part of splitParts(items)) sizes.push(part.length);
  return sizes;
}

const itemOf = (text: string): NewDatasetItem => ({ variables: { text } });

describe('the parts of an import', () => {
  it.each<[string, NewDatasetItem[], number[]]>([
    ['none', [], []],
    ['few', [itemOf('a'), itemOf('b')], [2]],
    ['many', Array.from({ length: 12_000 }, () => itemOf('a')), [5000, 5000, 2000]],
    ['large ones', Array.from({ length: 5 }, () => itemOf('x'.repeat(2_000_000))), [2, 2, 1]],
    ['one that is larger than a part', [itemOf('a'), itemOf('x'.repeat(5_000_000)), itemOf('a')], [1, 1, 1]],
    [
      'those with many values',
      Array.from({ length: 3 }, () => ({ variables: { list: Array.from({ length: 60_000 }, () => 0) } })),
      [1, 1, 1],
    ],
  ])('hold %s', async (_, items, sizes) => {
    expect(await sizesOf(items)).toEqual(sizes);
  });
});

describe('adding items', () => {
  const added = { version: 'v', item_count: 1, added: 1, changed: 0, removed: 0 };

  it('takes one request for few', async () => {
    const { fetch, requests } = fakeFetch(json(added));
    const client = new LedgerClient({ apiKey: 'k', baseUrl: 'http://ledger', fetch });
    expect(await client.datasets.addItems('a/b', [itemOf('x')], { mode: 'replace' })).toEqual(added);
    expect(requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/v1/datasets/a%2Fb/items', { items: [{ variables: { text: 'x' } }], mode: 'replace' }],
    ]);
  });

  it('sends many in parts, and then makes them one version', async () => {
    const { fetch, requests } = fakeFetch(json({}), json({}), json(added));
    const client = new LedgerClient({ apiKey: 'k', baseUrl: 'http://ledger', fetch });
    const seen: number[] = [];
    await client.datasets.addItems(
      'd',
      Array.from({ length: 6000 }, () => itemOf('a')),
      { onProgress: (items) => seen.push(items) },
    );
    const bodies = requests.map(
      ({ body }) => body as { upload_id: string; part?: number; parts?: number; mode?: string },
    );
    expect(bodies.map(({ part, parts, mode }) => [part, parts, mode])).toEqual([
      [1, undefined, undefined],
      [2, undefined, undefined],
      [undefined, 2, 'append'],
    ]);
    expect(new Set(bodies.map(({ upload_id: id }) => id)).size).toBe(1);
    expect(seen).toEqual([5000, 6000]);
  });
});
