import type { Budget } from '@prompt-ledger/client';
import { isComplete, NEW_BUDGET, readChanges, readNew, toDraft } from './budget-draft';

const BUDGET: Budget = {
  budget_id: '01990f3e-7c1a-7d52-9a3e-5b1f0c2d4e6f',
  name: 'Support, a month',
  scope: 'owner_team',
  scope_value: 'support',
  period: 'month',
  period_start: '2026-11-01T00:00:00.000Z',
  limit_usd: '999999999999999.000000000001',
  spent_usd: '0',
  held_usd: '0',
  remaining_usd: '999999999999999.000000000001',
  percent: 0,
  mode: 'hard',
  callback_url: 'https://hooks.example.com/budget',
  created_by: 'admin',
  created_at: '2026-11-23T20:00:00.000Z',
  updated_at: '2026-11-23T20:00:00.000Z',
};

describe('a new budget', () => {
  it('is complete with a name, a limit, and a value where its scope has one', () => {
    expect(isComplete(NEW_BUDGET)).toBe(false);
    expect(isComplete({ ...NEW_BUDGET, name: 'All', limit: '1' })).toBe(true);
    expect(isComplete({ ...NEW_BUDGET, name: 'All', limit: '1', scope: 'prompt' })).toBe(false);
    expect(isComplete({ ...NEW_BUDGET, name: 'All', limit: '1', scope: 'prompt', scopeValue: 'a' })).toBe(
      true,
    );
    expect(isComplete({ ...NEW_BUDGET, name: ' ', limit: '1' })).toBe(false);
  });

  it('is read without what was left empty, and with every digit of its limit', () => {
    expect(readNew({ ...NEW_BUDGET, name: ' All ', limit: ' $ 0.000000000010 ' })).toEqual({
      name: 'All',
      scope: 'project',
      period: 'month',
      limit_usd: '0.000000000010',
      mode: 'hard',
    });
  });

  it('has no value once it is for the whole project', () => {
    expect(readNew({ ...NEW_BUDGET, scopeValue: 'support' })).not.toHaveProperty('scope_value');
  });

  it('leaves an unreadable limit to the service', () => {
    expect(readNew({ ...NEW_BUDGET, limit: '1,000' }).limit_usd).toBe('1,000');
  });
});

describe('a changed budget', () => {
  it('sends nothing when nothing was changed', () => {
    expect(readChanges(toDraft(BUDGET), BUDGET)).toEqual({});
  });

  it('sends only what was changed, and null for a callback that was taken away', () => {
    expect(readChanges({ ...toDraft(BUDGET), limit: '300.10', callbackUrl: ' ' }, BUDGET)).toEqual({
      limit_usd: '300.10',
      callback_url: null,
    });
    expect(readChanges({ ...toDraft(BUDGET), name: 'Other', mode: 'soft' }, BUDGET)).toEqual({
      name: 'Other',
      mode: 'soft',
    });
  });
});
