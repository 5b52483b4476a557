import { ATTEMPT_MOVES, EXECUTION_MOVES } from './execution-state.js';

/** Repeats the API's promise, so that a move can only be added to the table on purpose. */
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
