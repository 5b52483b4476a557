import { impactView } from './change-views.js';

const row = (keyId: string | null, ownerTeam: string | null, executions: number) => ({
  keyId,
  keyName: keyId === null ? null : `name of ${keyId}`,
  ownerTeam,
  executions,
});

describe('the impact of a change', () => {
  it('is nothing where nobody runs the prompt', () => {
    expect(impactView([])).toEqual({ executions_7d: 0, keys: [], teams: [] });
  });

  it('adds up the teams of a key and the keys of a team, the busiest first', () => {
    const rows = [row('a', 'x', 5), row('b', 'x', 4), row('b', 'y', 3), row(null, null, 2)];
    expect(impactView(rows)).toEqual({
      executions_7d: 14,
      keys: [
        { key_id: 'b', name: 'name of b', executions: 7 },
        { key_id: 'a', name: 'name of a', executions: 5 },
        { key_id: null, name: null, executions: 2 },
      ],
      teams: [
        { name: 'x', executions: 9 },
        { name: 'y', executions: 3 },
      ],
    });
  });

  it('names a hundred keys, and counts all', () => {
    const rows = Array.from({ length: 250 }, (_, index) => row(`k${index}`, null, 1));
    const impact = impactView(rows);
    expect(impact.keys).toHaveLength(100);
    expect(impact.executions_7d).toBe(250);
  });
});
