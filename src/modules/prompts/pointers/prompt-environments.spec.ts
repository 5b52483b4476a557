import type { LedgerError } from '../../../kernel/index.js';
import {
  PromptEnvironments,
  type PromptEnvironmentsRow,
  ProjectEnvironments,
} from './prompt-environments.js';

const FREE: PromptEnvironmentsRow = {
  pointers: { default: 2 },
  rollouts: null,
  protected: null,
  known: null,
};

/** Returns the number of the pointer's version, `as named` for the requested version, or the code of the refusal. */
function chosen(
  row: Partial<PromptEnvironmentsRow>,
  environment: string,
  named: number | null = null,
): number | string {
  const environments = PromptEnvironments.of({ ...FREE, ...row });
  if (environments === null) return 'as named';
  const wanted = { promptName: 'a', environment, named: named === null ? null : { versionNumber: named } };
  try {
    return environments.choose(wanted) ?? 'as named';
  } catch (error) {
    return (error as LedgerError).code;
  }
}

describe('an environment', () => {
  it.each<[string, PromptEnvironmentsRow]>([
    ['a pointer of default alone', FREE],
    ['no pointer', { ...FREE, pointers: null }],
  ])('is not special with %s', (_, row) => {
    expect(PromptEnvironments.of(row)).toBeNull();
  });

  const PROD = { pointers: { default: 2, prod: 1, '__proto__ of a label': 3 } };

  it.each<[string, Partial<PromptEnvironmentsRow>, string, number | null, number | string]>([
    ['runs its own pointer', PROD, 'prod', null, 1],
    ['runs its own pointer, whatever it is called', PROD, '__proto__ of a label', null, 3],
    ['runs the active version without one', PROD, 'staging', null, 'as named'],
    ['runs the active version where that is its pointer', PROD, 'default', null, 'as named'],
    ['runs what is named', PROD, 'prod', 3, 'as named'],
    ['tells labels apart that differ in case alone', PROD, 'Prod', null, 'as named'],
  ])('%s', (_, row, environment, named, expected) => {
    expect(chosen(row, environment, named)).toBe(expected);
  });
});

describe('a protected environment', () => {
  const row = { pointers: { default: 2, prod: 1 }, protected: ['prod', 'empty'] };

  it.each<[string, string, number | null, number | string]>([
    ['runs its pointer', 'prod', null, 1],
    ['runs the version of its pointer by its number', 'prod', 1, 'as named'],
    ['runs no other version', 'prod', 2, 'ENVIRONMENT_PROTECTED'],
    ['runs no active version in place of its own', 'empty', null, 'NO_ACTIVE_VERSION'],
    ['runs no version that is named where it has none', 'empty', 2, 'ENVIRONMENT_PROTECTED'],
    ['leaves others alone', 'staging', 1, 'as named'],
  ])('%s', (_, environment, named, expected) => {
    expect(chosen(row, environment, named)).toBe(expected);
  });

  it.each<[string, number | null, number | string]>([
    ['the active version', null, 'as named'],
    ['the active version by its number', 2, 'as named'],
    ['no other version', 1, 'ENVIRONMENT_PROTECTED'],
  ])('runs %s when it is default', (_, named, expected) => {
    expect(chosen({ protected: ['default'] }, 'default', named)).toBe(expected);
  });

  it('has nothing to run as default while no version is active', () => {
    expect(chosen({ pointers: null, protected: ['default'] }, 'default')).toBe('NO_ACTIVE_VERSION');
  });
});

describe('a label that nobody has described', () => {
  it.each<[string, string, number | string]>([
    ['an unknown one', 'preview', 'ENVIRONMENT_PROTECTED'],
    ['one that differs in case', 'Prod', 'ENVIRONMENT_PROTECTED'],
    ['a known one', 'prod', 'as named'],
    ['the default', 'default', 'as named'],
    ['that of experiments', 'experiment', 'as named'],
    ['that of the playground', 'playground', 'as named'],
  ])('is refused where the project allows none: %s', (_, environment, expected) => {
    expect(chosen({ known: ['prod'] }, environment)).toBe(expected);
  });

  it('is refused where the project knows none at all', () => {
    expect(chosen({ known: [] }, 'prod')).toBe('ENVIRONMENT_PROTECTED');
  });
});

describe('a call that runs no prompt', () => {
  const project = new ProjectEnvironments({ protected: ['prod'], known: ['prod', 'dev'] });

  it.each([
    ['prod', 'ENVIRONMENT_PROTECTED'],
    ['other', 'ENVIRONMENT_PROTECTED'],
    ['dev', null],
    ['default', null],
  ])('is let into %s: %s', (environment, code) => {
    let refusal: LedgerError | null = null;
    try {
      project.assertBareCallAllowed(environment);
    } catch (error) {
      refusal = error as LedgerError;
    }
    expect(refusal?.code ?? null).toBe(code);
  });
});

describe('a rollout', () => {
  const rollout = { rolloutId: 'r', phase: 1, percent: 10, candidateVersion: 7 };
  const beside = (environment: string, row: Partial<PromptEnvironmentsRow>) =>
    PromptEnvironments.of({ ...FREE, ...row })?.findRollout(environment) ?? null;

  it('goes with the pointer that runs', () => {
    const pointers = { default: 2, prod: 1 };
    expect(beside('prod', { pointers, rollouts: { prod: rollout } })).toEqual(rollout);
    expect(beside('default', { pointers, rollouts: { prod: rollout } })).toBeNull();
    expect(beside('dev', { pointers, rollouts: { prod: rollout } })).toBeNull();
    // An environment without a pointer of its own runs the active version and the rollout beside it.
    expect(beside('dev', { pointers, rollouts: { default: rollout } })).toEqual(rollout);
    expect(beside('default', { rollouts: { default: rollout } })).toEqual(rollout);
    expect(beside('prod', { pointers, rollouts: { default: rollout } })).toBeNull();
  });

  it.each(['experiment', 'playground'])('leaves %s alone', (environment) => {
    expect(beside(environment, { rollouts: { default: rollout } })).toBeNull();
  });

  it('lets its candidate into a protected environment, and nothing else', () => {
    const row = { pointers: { default: 2, prod: 1 }, protected: ['prod'], rollouts: { prod: rollout } };
    expect([1, 2, 7].map((number) => chosen(row, 'prod', number))).toEqual([
      'as named',
      'ENVIRONMENT_PROTECTED',
      'as named',
    ]);
    expect(chosen({ ...row, rollouts: null }, 'prod', 7)).toBe('ENVIRONMENT_PROTECTED');
  });
});
