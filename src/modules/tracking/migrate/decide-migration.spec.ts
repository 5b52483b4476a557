import type { LedgerError } from '../../../kernel/index.js';
import { decideMigration, type MigratingPrompt } from './decide-migration.js';
import { isSilent, type KnownPrompt } from '../tracked-prompts.js';

/** Returns a prompt with two versions, the second of which is active. */
const known = (more: Partial<KnownPrompt> = {}): KnownPrompt => ({
  name: 'WELCOME',
  promptId: 'prompt',
  mode: 'tracking',
  kind: 'text',
  isRetired: false,
  metadata: { description: null, ownerTeam: null, tags: [] },
  revision: 7,
  active: { versionId: 'two', versionNumber: 2 },
  same: null,
  highestNumber: 2,
  ...more,
});
const asItIs: MigratingPrompt = { name: 'WELCOME', templateSource: null, checksumHash: null };
const withText: MigratingPrompt = { name: 'WELCOME', templateSource: 'Hi', checksumHash: 'c0ffee' };

function decide(prompts: readonly MigratingPrompt[], ...found: KnownPrompt[]) {
  return decideMigration(prompts, new Map(found.map((each) => [each.name, each])), 'none was migrated');
}

function refusalOf(work: () => unknown): LedgerError {
  try {
    work();
  } catch (error) {
    return error as LedgerError;
  }
  throw new Error('it was not refused');
}

describe('a migration', () => {
  it('refuses a text for a chat prompt, and takes one as it is', () => {
    const chat = known({ kind: 'chat' });
    expect(refusalOf(() => decide([withText], chat))).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ pointer: '/prompts/0/template_source', message: 'does not fit a chat prompt' }],
    });
    expect(decide([asItIs], chat).answers).toMatchObject([{ mode: 'full', version: 2 }]);
  });

  it('forgets that a prompt was retired', () => {
    expect(decide([asItIs], known({ isRetired: true })).changes).toMatchObject([{ toRetired: false }]);
    expect(decide([asItIs], known()).changes).toMatchObject([{ toRetired: null }]);
  });

  it('keeps the active version where no template is sent', () => {
    const { answers, changes } = decide([asItIs], known());
    expect(answers).toEqual([{ name: 'WELCOME', mode: 'full', version: 2, version_change: false }]);
    expect(changes).toMatchObject([
      { toMode: 'full', version: { isNew: false, versionId: 'two' }, activation: null, registration: null },
    ]);
    expect(changes.filter(isSilent)).toEqual([]);
  });

  it('makes the next version of another template, and activates it', () => {
    const { answers, changes } = decide([withText], known());
    expect(answers).toMatchObject([{ version: 3, version_change: true }]);
    expect(changes).toMatchObject([
      {
        version: { isNew: true, content: { kind: 'text', templateSource: 'Hi' } },
        activation: { fromVersionId: 'two' },
      },
    ]);
  });

  it('takes a template that the prompt has had before for that version', () => {
    const same = { versionId: 'one', versionNumber: 1, latestRegistration: null };
    const { answers, changes } = decide([withText], known({ same, highestNumber: 0 }));
    expect(answers).toMatchObject([{ version: 1, version_change: false }]);
    expect(changes).toMatchObject([
      { version: { isNew: false, versionId: 'one' }, activation: { fromVersionId: 'two' } },
    ]);
  });

  it('moves no pointer for the template of the active version', () => {
    const same = { versionId: 'two', versionNumber: 2, latestRegistration: null };
    const { answers, changes } = decide([withText], known({ same, highestNumber: 0 }));
    expect(answers).toMatchObject([{ version: 2, version_change: false }]);
    expect(changes).toMatchObject([{ toMode: 'full', activation: null }]);
  });

  it('names all prompts that are not there before those in full mode', () => {
    const named = ['A', 'FULL', 'B'].map((name) => ({ ...asItIs, name }));
    const refusal = refusalOf(() => decide(named, known({ name: 'FULL', mode: 'full' })));
    expect(refusal).toMatchObject({ code: 'PROMPT_NOT_FOUND', status: 404 });
    expect(refusal.errors?.map(({ pointer }) => pointer)).toEqual(['/prompts/0', '/prompts/2']);
  });

  it('refuses prompts that are in full mode already', () => {
    const refusal = refusalOf(() => decide([asItIs], known({ mode: 'full' })));
    expect(refusal).toMatchObject({ code: 'PROMPT_MODE_MISMATCH', errors: [{ pointer: '/prompts/0' }] });
  });

  it('wants a template for a prompt that has nothing active', () => {
    expect(refusalOf(() => decide([asItIs], known({ active: null }))).code).toBe('NO_ACTIVE_VERSION');
    expect(decide([withText], known({ active: null })).answers).toMatchObject([{ version: 3 }]);
  });
});
