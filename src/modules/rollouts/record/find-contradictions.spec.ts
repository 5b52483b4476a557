import { findContradictions, type RolloutCourse, type RolloutStage } from './find-contradictions.js';

type Decision = RolloutCourse['looks'][number]['decision'];

const GOES_ON: Decision = { kind: 'continue' };
const STEP: Decision = { kind: 'next_step' };
const APPLY: Decision = { kind: 'success', action: 'apply' };
const HOLD: Decision = { kind: 'success', action: 'hold' };
const ROLL_BACK: Decision = { kind: 'guardrail', action: 'roll_back' };
const PAUSE: Decision = { kind: 'guardrail', action: 'pause' };

function check(decisions: readonly Decision[], before: RolloutStage, after = before): string[] {
  return findContradictions({
    before,
    after,
    looks: decisions.map((decision, nth) => ({ look: nth + 1, decision })),
  });
}

describe('findContradictions', () => {
  it.each<[string, Decision[], RolloutStage]>([
    ['a draft', [], { status: 'draft', steps: 0 }],
    ['one that nobody has looked at', [], { status: 'running', steps: 1 }],
    ['one in its second step', [GOES_ON, STEP, GOES_ON], { status: 'running', steps: 2 }],
    ['one that was applied', [STEP, APPLY], { status: 'completed', steps: 2 }],
    ['one that is good and waits', [HOLD, HOLD], { status: 'running', steps: 1 }],
    ['one that was rolled back by itself', [GOES_ON, ROLL_BACK], { status: 'rolled_back', steps: 1 }],
    ['one that somebody rolled back', [GOES_ON], { status: 'rolled_back', steps: 1 }],
    ['one that was paused, resumed and stopped', [PAUSE, PAUSE, GOES_ON], { status: 'stopped', steps: 1 }],
  ])('has nothing against %s', (_, decisions, stage) => {
    expect(check(decisions, stage)).toEqual([]);
  });

  it('lets a rollout go on while it is read', () => {
    const running = { status: 'running', steps: 1 };
    expect(check([STEP], running, { status: 'running', steps: 2 })).toEqual([]);
    expect(check([], running, { status: 'running', steps: 2 })).toEqual([]);
    expect(check([APPLY], running, { status: 'completed', steps: 1 })).toEqual([]);
    expect(check([], running, { status: 'completed', steps: 1 })).toEqual([]);
    expect(check([ROLL_BACK], running, { status: 'rolled_back', steps: 1 })).toEqual([]);
  });

  it.each<[string, Decision[], RolloutStage, string]>([
    [
      'a step without a look',
      [GOES_ON],
      { status: 'running', steps: 2 },
      'step 2 has begun, and no look decided so',
    ],
    [
      'a step that is gone',
      [STEP],
      { status: 'running', steps: 1 },
      'a look decided on step 2, which has not begun',
    ],
    [
      'an end without a look',
      [HOLD],
      { status: 'completed', steps: 1 },
      'it is completed, and no look decided so',
    ],
    [
      'one that runs on after its roll-back',
      [ROLL_BACK],
      { status: 'running', steps: 1 },
      'look 1 decided that it is rolled_back, and it is running',
    ],
    [
      'one that was to be applied',
      [GOES_ON, APPLY],
      { status: 'stopped', steps: 1 },
      'look 2 decided that it is completed, and it is stopped',
    ],
  ])('finds %s', (_, decisions, stage, sentence) => {
    expect(check(decisions, stage)).toEqual([sentence]);
  });
});
