import { ATTEMPT_MOVES, EXECUTION_MOVES } from './execution-state.js';

/** The promise of the API, written down a second time: a move that is added to the table has to be meant. */
describe('the moves', () => {
  it('of an execution are these, and what is final stays', () => {
    expect(EXECUTION_MOVES).toEqual({
      queued: ['running', 'canceled'],
      running: ['succeeded', 'failed', 'queued', 'canceled'],
      succeeded: [],
      failed: [],
      canceled: [],
    });
  });

  it('of an attempt are these', () => {
    expect(ATTEMPT_MOVES).toEqual({
      dispatched: ['succeeded', 'failed', 'outcome_unknown'],
      outcome_unknown: ['fenced'],
      succeeded: [],
      failed: [],
      fenced: [],
    });
  });
});
