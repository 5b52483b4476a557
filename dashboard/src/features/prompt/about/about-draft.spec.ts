import { type AboutPrompt, readAboutChanges, readTags, toAboutDraft } from './about-draft';

const PROMPT: AboutPrompt = { description: 'Says sorry', owner_team: 'Support', tags: ['mail', 'a, b'] };

describe('the facts about a prompt', () => {
  it('are sent only where they were changed', () => {
    const draft = toAboutDraft(PROMPT);
    expect(readAboutChanges(draft, PROMPT)).toEqual({});
    expect(readAboutChanges({ ...draft, team: 'Sales' }, PROMPT)).toEqual({ owner_team: 'Sales' });
    expect(readAboutChanges({ ...draft, tags: 'mail, chat' }, PROMPT)).toEqual({ tags: ['mail', 'chat'] });
  });

  it('are removed where the field was emptied', () => {
    expect(readAboutChanges({ description: ' ', team: '', tags: '' }, PROMPT)).toEqual({
      description: null,
      owner_team: null,
      tags: [],
    });
  });

  it('are empty texts where there are none', () => {
    const bare: AboutPrompt = { description: null, owner_team: null, tags: [] };
    expect(toAboutDraft(bare)).toEqual({ description: '', team: '', tags: '' });
    expect(readAboutChanges(toAboutDraft(bare), bare)).toEqual({});
  });
});

describe('tags', () => {
  it('are separated by commas, and each counts once', () => {
    expect(readTags(' mail,,refund , mail ')).toEqual(['mail', 'refund']);
    expect(readTags('')).toEqual([]);
  });
});
