import fc from 'fast-check';
import { CHANGE_STATUSES, type ChangeStatus } from '../../entities/index.js';
import {
  CHANGE_MOVES,
  type ChangeAction,
  type ChangeDecision,
  type ChangeFacts,
  currentStatus,
  decideChange,
  isOpenStatus,
} from './change-state.js';

const ACTIONS: readonly ChangeAction[] = ['approve', 'reject', 'withdraw', 'apply', 'applyNow'];

const OPEN: ChangeFacts = {
  status: 'open',
  isExpired: false,
  isMoved: false,
  approvals: 0,
  required: 2,
  review: null,
};
const decide = (action: ChangeAction, more: Partial<ChangeFacts> = {}) =>
  decideChange({ ...OPEN, ...more }, action);
const toOf = (decision: ChangeDecision) => ('to' in decision ? decision.to : null);

describe('a change', () => {
  it.each<[ChangeAction, Partial<ChangeFacts>, Partial<ChangeDecision>]>([
    ['approve', { approvals: 1 }, { kind: 'move', to: 'open' }],
    ['approve', { approvals: 2 }, { kind: 'move', to: 'approved' }],
    ['approve', { approvals: 3, status: 'approved' }, { kind: 'move', to: 'approved' }],
    ['approve', { approvals: 1, status: 'approved' }, { kind: 'move', to: 'open' }],
    ['reject', { status: 'approved', approvals: 2 }, { kind: 'move', to: 'rejected' }],
    ['withdraw', {}, { kind: 'move', to: 'withdrawn' }],
    ['apply', { approvals: 2 }, { kind: 'move', to: 'applied' }],
    ['apply', { approvals: 1 }, { kind: 'refuse', to: null, refusal: 'approvals missing' }],
    [
      'apply',
      { approvals: 1, status: 'approved' },
      { kind: 'refuse', to: 'open', refusal: 'approvals missing' },
    ],
    ['applyNow', {}, { kind: 'move', to: 'applied' }],
    ['applyNow', { isMoved: true }, { kind: 'refuse', to: 'stale', refusal: 'stale' }],
    ['apply', { approvals: 2, isMoved: true }, { kind: 'refuse', to: 'stale', refusal: 'stale' }],
    ['apply', { status: 'stale' }, { kind: 'refuse', to: null, refusal: 'stale' }],
    ['approve', { isExpired: true }, { kind: 'refuse', to: 'expired', refusal: 'closed' }],
    ['approve', { isExpired: true, isMoved: true }, { kind: 'refuse', to: 'expired', refusal: 'closed' }],
    ['apply', { status: 'rejected' }, { kind: 'refuse', to: null, refusal: 'closed' }],
    ['applyNow', { status: 'withdrawn' }, { kind: 'refuse', to: null, refusal: 'closed' }],
    ['apply', { status: 'applied', isMoved: true, isExpired: true }, { kind: 'keep' }],
    ['applyNow', { status: 'applied', review: 'open' }, { kind: 'keep' }],
    ['approve', { status: 'applied', review: 'open' }, { kind: 'close review' }],
    ['approve', { status: 'applied', review: 'closed' }, { kind: 'keep' }],
    ['approve', { status: 'applied' }, { kind: 'refuse', to: null, refusal: 'closed' }],
    ['reject', { status: 'applied', review: 'open' }, { kind: 'refuse', to: null, refusal: 'closed' }],
  ])('is decided on %s with %j', (action, more, decision) => {
    expect(decide(action, more)).toMatchObject(decision);
  });

  it('walks along legal moves only, is never applied with too few but in an emergency, and never leaves an end', () => {
    const step = fc.record({
      action: fc.constantFrom(...ACTIONS),
      approvals: fc.integer({ min: 0, max: 4 }),
      isExpired: fc.boolean(),
      isMoved: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 12 }), (required, steps) => {
        let facts: ChangeFacts = { ...OPEN, required };
        for (const { action, ...more } of steps) {
          facts = { ...facts, ...more };
          const decision = decideChange(facts, action);
          const to = toOf(decision);
          if (to === null) continue;
          if (to !== facts.status) expect(CHANGE_MOVES[facts.status]).toContain(to);
          if (to === 'applied') {
            expect(facts.isMoved || facts.isExpired).toBe(false);
            expect(action === 'applyNow' || facts.approvals >= required).toBe(true);
          }
          if (decision.kind === 'refuse') expect(to).not.toBe('applied');
          facts = { ...facts, status: to };
        }
      }),
    );
  });

  it('is shown as what has become of it', () => {
    const shown = (more: Partial<ChangeFacts>) => currentStatus({ ...OPEN, ...more });
    expect(shown({})).toBe('open');
    expect(shown({ isMoved: true })).toBe('stale');
    expect(shown({ isExpired: true, isMoved: true })).toBe('expired');
    expect(shown({ status: 'applied', isExpired: true, isMoved: true })).toBe('applied');
  });

  it('can go somewhere exactly as long as it is open', () => {
    for (const status of CHANGE_STATUSES satisfies readonly ChangeStatus[]) {
      expect(CHANGE_MOVES[status].length > 0).toBe(isOpenStatus(status));
    }
  });
});
