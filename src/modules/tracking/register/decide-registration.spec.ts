import type { StoredRegistration } from '../../../entities/index.js';
import { type CodePrompt, decideRegistration } from './decide-registration.js';
import { isSilent, type KnownPrompt } from '../tracked-prompts.js';

const told = {
  commit: 'a'.repeat(40),
  branch: 'main',
  repository: null,
  dirty: false,
  file: null,
  line: null,
};
const stored: StoredRegistration = { ...told, registered_at: '2026-11-24T10:00:00.000Z' };

const prompt = (more: Partial<CodePrompt> = {}): CodePrompt => ({
  name: 'WELCOME',
  content: { kind: 'text', templateSource: 'Hello' },
  checksumHash: 'c0ffee',
  registration: told,
  metadata: {},
  ...more,
});

/** Returns a prompt with two versions, the second of which is active. */
const known = (more: Partial<KnownPrompt> = {}): KnownPrompt => ({
  name: 'WELCOME',
  promptId: 'prompt',
  mode: 'tracking',
  kind: 'text',
  isRetired: false,
  metadata: { description: null, ownerTeam: 'Docs', tags: ['a'] },
  revision: 7,
  active: { versionId: 'two', versionNumber: 2 },
  same: null,
  highestNumber: 2,
  ...more,
});

function decideOne(sent: CodePrompt, found?: KnownPrompt) {
  const prompts = new Map(found === undefined ? [] : [[found.name, found]]);
  const { answers, changes } = decideRegistration([sent], prompts);
  expect(answers).toHaveLength(1);
  return { answer: answers[0], changes };
}

describe('a registration', () => {
  it('makes a new prompt with its first version, which is no change', () => {
    const { answer, changes } = decideOne(prompt());
    expect(answer).toEqual({
      name: 'WELCOME',
      mode: 'tracking',
      version: 1,
      change_detected: false,
      previous_version: null,
      outcome: 'new',
    });
    expect(changes).toMatchObject([
      {
        index: 0,
        prompt: null,
        version: { isNew: true, versionNumber: 1 },
        activation: { fromVersionId: null },
      },
    ]);
  });

  it('makes the next version of other content', () => {
    const { answer, changes } = decideOne(prompt(), known());
    expect(answer).toMatchObject({ version: 3, change_detected: true, previous_version: 2 });
    expect(changes).toMatchObject([
      {
        prompt: { promptId: 'prompt', revision: 7 },
        version: {
          isNew: true,
          versionNumber: 3,
          content: { kind: 'text', templateSource: 'Hello' },
          checksumHash: 'c0ffee',
        },
        activation: { fromVersionId: 'two' },
        registration: told,
      },
    ]);
  });

  it('takes the number after the highest, not after the active one', () => {
    const active = { versionId: 'one', versionNumber: 1 };
    const { answer } = decideOne(prompt(), known({ active, highestNumber: 5 }));
    expect(answer).toMatchObject({ version: 6, previous_version: 1 });
  });

  it('goes back to a version that had the content before', () => {
    const same = { versionId: 'one', versionNumber: 1, latestRegistration: stored };
    const { answer, changes } = decideOne(prompt(), known({ same, highestNumber: 0 }));
    expect(answer).toMatchObject({ version: 1, change_detected: true, previous_version: 2 });
    expect(changes).toMatchObject([
      {
        version: { isNew: false, versionId: 'one' },
        activation: { fromVersionId: 'two' },
        registration: null,
      },
    ]);
    expect(changes.filter(isSilent)).toEqual([]);
  });

  it('of the active content from the same place changes nothing', () => {
    const same = { versionId: 'two', versionNumber: 2, latestRegistration: stored };
    const { answer, changes } = decideOne(prompt(), known({ same }));
    expect(answer).toMatchObject({ version: 2, change_detected: false, previous_version: null });
    expect(changes).toEqual([]);
  });

  it('of the active content from another place keeps the place, in silence', () => {
    const same = { versionId: 'two', versionNumber: 2, latestRegistration: stored };
    const registration = { ...told, commit: 'b'.repeat(40) };
    const { answer, changes } = decideOne(prompt({ registration }), known({ same }));
    expect(answer).toMatchObject({ version: 2, change_detected: false });
    expect(changes).toMatchObject([{ activation: null, registration }]);
    expect(changes.every(isSilent)).toBe(true);
  });

  it('activates where nothing is active, and there is no version before', () => {
    const same = { versionId: 'two', versionNumber: 2, latestRegistration: null };
    const { answer, changes } = decideOne(prompt(), known({ active: null, same }));
    expect(answer).toMatchObject({ version: 2, change_detected: true, previous_version: null });
    expect(changes).toMatchObject([{ activation: { fromVersionId: null } }]);
  });

  const SAME = { versionId: 'two', versionNumber: 2, latestRegistration: stored };

  it.each([
    ['nothing', {}, { same: SAME }, 'unchanged', null],
    ['what is there', { ownerTeam: 'Docs', tags: ['a'] }, { same: SAME }, 'unchanged', null],
    ['another team', { ownerTeam: 'Mail', tags: ['a'] }, { same: SAME }, 'metadata', { ownerTeam: 'Mail' }],
    ['no team any more', { ownerTeam: null }, { same: SAME }, 'metadata', { ownerTeam: null }],
    ['tags in another order', { tags: ['b', 'a'] }, { same: SAME }, 'metadata', { tags: ['b', 'a'] }],
    ['a description, of other content', { description: 'x' }, {}, 'changed', { description: 'x' }],
  ] as const)('keeps what the code says about a prompt: %s', (_, metadata, more, outcome, written) => {
    const { answer, changes } = decideOne(prompt({ metadata }), known(more));
    expect(answer?.outcome).toBe(outcome);
    expect(changes.map((change) => change.metadata)).toEqual(outcome === 'unchanged' ? [] : [written]);
    expect(changes.filter(isSilent)).toEqual([]);
  });

  it('keeps what is said about a new prompt', () => {
    const { answer, changes } = decideOne(prompt({ metadata: { description: 'x', tags: [] } }));
    expect(answer?.outcome).toBe('new');
    expect(changes).toMatchObject([{ metadata: { description: 'x' } }]);
  });

  it.each([
    ['as it was', { same: SAME }, false],
    ['changed', {}, true],
  ])('brings a retired prompt back, %s', (_, more, isChanged) => {
    const { answer, changes } = decideOne(prompt(), known({ ...more, isRetired: true }));
    expect(answer).toMatchObject({ outcome: 'returned', change_detected: isChanged });
    expect(changes).toMatchObject([{ toRetired: false }]);
    expect(changes.filter(isSilent)).toEqual([]);
  });

  it('answers in the order sent, and lists only what changes', () => {
    const same = { versionId: 'two', versionNumber: 2, latestRegistration: stored };
    const sent = ['NEW', 'KEPT', 'CHANGED'].map((name) => prompt({ name }));
    const found = [known({ name: 'CHANGED' }), known({ name: 'KEPT', same })];
    const { answers, changes } = decideRegistration(sent, new Map(found.map((each) => [each.name, each])));
    expect(answers.map(({ name, version }) => [name, version])).toEqual([
      ['NEW', 1],
      ['KEPT', 2],
      ['CHANGED', 3],
    ]);
    expect(changes.map(({ index, name }) => [index, name])).toEqual([
      [0, 'NEW'],
      [2, 'CHANGED'],
    ]);
  });
});
