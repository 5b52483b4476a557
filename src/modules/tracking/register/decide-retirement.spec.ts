import type { LedgerError } from '../../../kernel/index.js';
import { decideRetirement } from './decide-retirement.js';
import { isSilent, type KnownPrompt } from '../tracked-prompts.js';

const known = (more: Partial<KnownPrompt> = {}): KnownPrompt => ({
  name: 'GONE',
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

function decide(names: readonly string[], ...found: KnownPrompt[]) {
  const asked = names.map((name) => ({ name, checksumHash: null }));
  return decideRetirement(asked, new Map(found.map((each) => [each.name, each])), 'none was retired');
}

describe('a retirement', () => {
  it('marks the prompt, and moves no pointer', () => {
    const { answers, changes } = decide(['GONE'], known());
    expect(answers).toEqual([{ name: 'GONE', mode: 'tracking', version: 2, change_detected: true }]);
    expect(changes).toMatchObject([
      { prompt: { promptId: 'prompt', revision: 7 }, toRetired: true, toMode: null, activation: null },
    ]);
    expect(changes.filter(isSilent)).toEqual([]);
  });

  it('leaves what is retired as it is', () => {
    const { answers, changes } = decide(['GONE'], known({ isRetired: true }));
    expect(answers).toMatchObject([{ version: 2, change_detected: false }]);
    expect(changes).toEqual([]);
  });

  it.each([
    ['is not there', known({ name: 'OTHER' }), 'PROMPT_NOT_FOUND'],
    ['is in full mode', known({ mode: 'full' }), 'PROMPT_MODE_MISMATCH'],
    ['has no active version', known({ active: null }), 'NO_ACTIVE_VERSION'],
  ])('is refused as a whole when a prompt %s', (_, found, code) => {
    const refused = expect(() => decide(['FINE', 'GONE'], known({ name: 'FINE' }), found));
    refused.toThrow(expect.objectContaining({ code }) as LedgerError);
  });
});
