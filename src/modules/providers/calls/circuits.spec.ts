import { Logger } from '@nestjs/common';
import type { CircuitOutcome } from './circuit.js';
import { Circuits } from './circuits.js';

const OPEN_MS = 10_000;
const LONGEST_CALL_MS = 60_000;

let circuits: Circuits;

beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  jest.spyOn(Logger.prototype, 'log').mockReturnValue();
  circuits = create(3);
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

function create(failures: number): Circuits {
  return new Circuits({ failures, openMs: OPEN_MS, longestCallMs: LONGEST_CALL_MS });
}

/** Acquires a pass, which must be available. */
function pass(modelName = 'gpt'): (outcome: CircuitOutcome) => void {
  const acquired = circuits.tryAcquire('openai', modelName);
  if (acquired.open) throw new Error('The circuit is open.');
  return acquired.settle;
}

/** The breaker handles an outcome a few microtasks later. */
async function settle(...outcomes: CircuitOutcome[]): Promise<void> {
  for (const outcome of outcomes) pass()(outcome);
  await jest.advanceTimersByTimeAsync(0);
}

async function opened(): Promise<void> {
  await settle('failure', 'failure', 'failure');
  expect(circuits.tryAcquire('openai', 'gpt').open).toBe(true);
}

async function halfOpened(): Promise<(outcome: CircuitOutcome) => void> {
  await opened();
  await jest.advanceTimersByTimeAsync(OPEN_MS);
  return pass();
}

describe('Circuits', () => {
  it('opens at so many failures, from the very first calls on', async () => {
    await settle('failure', 'failure');
    expect(circuits.list()).toEqual([]);
    await settle('failure');
    expect(circuits.tryAcquire('openai', 'gpt')).toEqual({ open: true, retryAfterMs: OPEN_MS });
    await jest.advanceTimersByTimeAsync(4000);
    expect(circuits.tryAcquire('openai', 'gpt')).toEqual({ open: true, retryAfterMs: OPEN_MS - 4000 });
  });

  it('opens when half of the last calls failed, and not when fewer did', async () => {
    for (let round = 0; round < 20; round += 1) await settle('failure', 'success', 'success');
    expect(circuits.list()).toEqual([]);
    await settle('failure', 'success', 'failure', 'success', 'failure');
    expect(circuits.list()).toHaveLength(1);
  });

  it.each(['answered', 'silent'] as const)('does not count what was %s', async (end) => {
    await settle('failure', 'failure', ...Array<CircuitOutcome>(100).fill(end));
    expect(circuits.list()).toEqual([]);
    await settle('failure');
    expect(circuits.list()).toHaveLength(1);
  });

  it('keeps accounts apart, as it does models and providers', async () => {
    for (let call = 0; call < 3; call += 1) {
      const acquired = circuits.tryAcquire('openai', 'gpt', 'project-1');
      if (!acquired.open) acquired.settle('failure');
    }
    await jest.advanceTimersByTimeAsync(0);
    const isOpen = (account?: string) => circuits.tryAcquire('openai', 'gpt', account).open;
    expect([isOpen('project-1'), isOpen('project-2'), isOpen()]).toEqual([true, false, false]);
    expect(circuits.list()).toMatchObject([{ provider: 'openai', modelName: 'gpt', state: 'open' }]);
  });

  it('keeps models and providers apart', async () => {
    await opened();
    expect(circuits.tryAcquire('openai', 'other').open).toBe(false);
    expect(circuits.tryAcquire('acme', 'gpt').open).toBe(false);
  });

  it('admits one trial at a time after its time', async () => {
    const settleTrial = await halfOpened();
    expect(circuits.tryAcquire('openai', 'gpt')).toEqual({ open: true, retryAfterMs: OPEN_MS });
    settleTrial('failure');
    await jest.advanceTimersByTimeAsync(0);
    expect(circuits.tryAcquire('openai', 'gpt')).toEqual({ open: true, retryAfterMs: OPEN_MS });
    await jest.advanceTimersByTimeAsync(OPEN_MS);
    pass();
    expect(circuits.tryAcquire('openai', 'gpt').open).toBe(true);
  });

  it.each(['success', 'answered'] as const)(
    'closes after a trial that was a %s, and counts afresh',
    async (end) => {
      (await halfOpened())(end);
      await jest.advanceTimersByTimeAsync(0);
      await settle('failure', 'failure');
      expect(circuits.list()).toEqual([]);
      await settle('failure');
      expect(circuits.list()).toHaveLength(1);
    },
  );

  it('is not opened again by calls from before', async () => {
    const early = [pass(), pass(), pass(), pass(), pass(), pass()];
    const settleTrial = await halfOpened();
    for (const late of early.slice(0, 3)) late('failure');
    settleTrial('success');
    await jest.advanceTimersByTimeAsync(0);
    for (const late of early.slice(3)) late('failure');
    await jest.advanceTimersByTimeAsync(0);
    expect(circuits.list()).toEqual([]);
  });

  it('hands a trial that said nothing on to the next call, and to one at a time', async () => {
    (await halfOpened())('silent');
    await jest.advanceTimersByTimeAsync(0);
    expect(circuits.list()).toMatchObject([{ state: 'half_open' }]);
    const settleTrial = pass();
    expect(circuits.tryAcquire('openai', 'gpt').open).toBe(true);
    settleTrial('silent');
    // However long nobody calls, this does not fail the trial.
    await jest.advanceTimersByTimeAsync(2 * LONGEST_CALL_MS);
    pass()('success');
    await jest.advanceTimersByTimeAsync(0);
    expect(circuits.list()).toEqual([]);
  });

  it('opens again when a trial that was handed on fails', async () => {
    (await halfOpened())('silent');
    pass()('failure');
    await jest.advanceTimersByTimeAsync(0);
    expect(circuits.tryAcquire('openai', 'gpt')).toEqual({ open: true, retryAfterMs: OPEN_MS });
  });

  it('takes a trial that nobody settles for failed, once no call can last so long', async () => {
    await halfOpened();
    await jest.advanceTimersByTimeAsync(LONGEST_CALL_MS);
    expect(circuits.list()).toMatchObject([{ state: 'open' }]);
    await jest.advanceTimersByTimeAsync(OPEN_MS);
    pass()('success');
    await jest.advanceTimersByTimeAsync(0);
    expect(circuits.list()).toEqual([]);
  });

  it('counts each pass once', async () => {
    const settleOne = pass();
    for (let time = 0; time < 10; time += 1) settleOne('failure');
    await jest.advanceTimersByTimeAsync(0);
    expect(circuits.list()).toEqual([]);
  });

  it('does not wait for a clock that was set back', async () => {
    await opened();
    jest.setSystemTime(Date.now() - 3_600_000);
    await settle('success');
    expect(circuits.list()).toEqual([]);
  });

  it('lists what is not closed, with the time of the next trial', async () => {
    jest.setSystemTime(new Date('2026-01-01T00:00:00.000Z'));
    pass('fine')('success');
    await opened();
    const circuit = { provider: 'openai', modelName: 'gpt' };
    expect(circuits.list()).toEqual([
      { ...circuit, state: 'open', retryAt: new Date('2026-01-01T00:00:10.000Z') },
    ]);
    await jest.advanceTimersByTimeAsync(OPEN_MS);
    expect(circuits.list()).toEqual([{ ...circuit, state: 'half_open', retryAt: null }]);
    pass();
    expect(circuits.list()).toEqual([{ ...circuit, state: 'half_open', retryAt: null }]);
  });

  it('never opens when it is switched off', async () => {
    circuits = create(0);
    await settle(...Array<CircuitOutcome>(100).fill('failure'));
    expect(circuits.tryAcquire('openai', 'gpt').open).toBe(false);
  });

  it('remembers a bounded number of models', async () => {
    await opened();
    for (let index = 0; index < 1000; index += 1) pass(`model-${index}`);
    expect(circuits.list()).toEqual([]);
  });
});
