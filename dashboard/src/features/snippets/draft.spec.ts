import type { Snippet } from '@prompt-ledger/client';
import { findChanges, toDraft, writeDraft } from './draft';

const SNIPPET = {
  description: 'How we speak',
  latest_version: { template_source: 'Be kind.' },
} as Snippet;

describe('the draft of a snippet', () => {
  it('changes nothing at first, and leaves the description alone', () => {
    const draft = toDraft(SNIPPET);
    expect(findChanges(draft, SNIPPET)).toEqual({ isTextChanged: false, isDescriptionChanged: false });
    expect(
      writeDraft({ ...draft, template: 'Be brief.', commitMessage: ' shorter ' }, SNIPPET, null),
    ).toEqual({
      template_source: 'Be brief.',
      commit_message: 'shorter',
    });
  });

  it('changes a description without its text, and removes an empty one', () => {
    const draft = { ...toDraft(SNIPPET), description: ' ' };
    expect(findChanges(draft, SNIPPET)).toEqual({ isTextChanged: false, isDescriptionChanged: true });
    expect(writeDraft(draft, SNIPPET, 'ada@example.com')).toEqual({
      template_source: 'Be kind.',
      description: null,
      commit_message: null,
      created_by: 'ada@example.com',
    });
  });
});
