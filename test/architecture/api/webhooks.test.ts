import { EVENT_TYPES } from '../../../src/modules/webhooks/deliveries/deliveries.dto.js';
import { listSources, read } from '../tree.js';

/** An event's name, where code uses it to say what happened. */
const NAMED = /\b(?:event|type): '((?:execution|batch|budget|rollout|change)\.[a-z_]+)'/g;

describe('the events of webhooks', () => {
  it('are those that docs/webhooks.md lists, and no others', () => {
    const rows = read('docs/webhooks.md')
      .split('\n')
      .filter((line) => /^\| `[a-z]+\.[a-z_]+`/.test(line));
    const types = rows.flatMap((row) => (row.split('|')[1] ?? '').match(/[a-z]+\.[a-z_]+/g) ?? []);
    expect(types.sort()).toEqual([...EVENT_TYPES].sort());
  });

  it('have every name that the sources give one', () => {
    const named = listSources()
      .map(read)
      .flatMap((source) => [...source.matchAll(NAMED)].map(([, name = '']) => name));
    expect(named).toEqual(expect.arrayContaining(['rollout.advanced', 'change.emergency']));
    expect(EVENT_TYPES).toEqual(expect.arrayContaining([...new Set(named)]));
  });
});
