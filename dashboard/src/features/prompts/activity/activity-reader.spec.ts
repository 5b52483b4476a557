import type { Activity, PromptActivity } from '@prompt-ledger/client';
import { ActivityReader } from './activity-reader';

const activityOf = (id: string, count = 1): PromptActivity => ({
  prompt_id: id,
  execution_counts: [count],
  costs_usd: [null],
  execution_count: count,
  cost_usd: null,
  unpriced_count: count,
});

let asked: (readonly string[])[];
let nowMs: number;
let fails: boolean;

beforeEach(() => {
  jest.useFakeTimers();
  asked = [];
  nowMs = 0;
  fails = false;
});
afterEach(() => jest.useRealTimers());

const open = () =>
  new ActivityReader(
    async (ids): Promise<Activity> => {
      asked.push(ids);
      if (fails) throw new Error('not now');
      return { days: ['2026-01-01'], prompts: ids.map((id) => activityOf(id, asked.length)) };
    },
    () => nowMs,
  );
const rest = () => jest.advanceTimersByTimeAsync(1_000);

describe('ActivityReader', () => {
  it('asks once for all rows that came into sight, and tells each of them', async () => {
    const reader = open();
    const told: string[] = [];
    for (const id of ['a', 'b', 'a']) reader.subscribe(id, () => told.push(id));
    expect(reader.get('a')).toBeNull();
    await rest();
    expect(asked).toEqual([['a', 'b']]);
    expect(told).toEqual(['a', 'a', 'b']);
    expect(reader.get('b')?.execution_count).toBe(1);
  });

  it('does not ask for rows that went out of sight, and not twice within a minute', async () => {
    const reader = open();
    reader.subscribe('passed', () => undefined)();
    reader.subscribe('a', () => undefined)();
    reader.subscribe('a', () => undefined);
    await rest();
    reader.subscribe('a', () => undefined);
    await rest();
    expect(asked).toEqual([['a']]);
    nowMs = 61_000;
    reader.subscribe('a', () => undefined);
    await rest();
    expect(reader.get('a')?.execution_count).toBe(2);
  });

  it('asks for fifty at a time', async () => {
    const reader = open();
    for (let at = 0; at < 120; at += 1) reader.subscribe(`p${at}`, () => undefined);
    await rest();
    expect(asked.map(({ length }) => length)).toEqual([50, 50, 20]);
  });

  it('asks again for what could not be read, when it comes into sight again', async () => {
    const reader = open();
    fails = true;
    const leave = reader.subscribe('a', () => undefined);
    await rest();
    expect(reader.get('a')).toBeNull();
    leave();
    fails = false;
    reader.subscribe('a', () => undefined);
    await rest();
    expect(reader.get('a')?.execution_count).toBe(2);
  });
});
