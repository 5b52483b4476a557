import type { Prompt, PutPromptRequest } from '@prompt-ledger/client';

/** The facts about a prompt in the form, as typed. */
export interface AboutDraft {
  readonly description: string;
  readonly team: string;
  /** Separated by commas. */
  readonly tags: string;
}

export type AboutPrompt = Pick<Prompt, 'description' | 'owner_team' | 'tags'>;
type AboutChanges = Pick<PutPromptRequest, 'description' | 'owner_team' | 'tags'>;

export function toAboutDraft({ description, owner_team: team, tags }: AboutPrompt): AboutDraft {
  return { description: description ?? '', team: team ?? '', tags: tags.join(', ') };
}

/** Reads only what was changed. A tag that contains a comma stays whole as long as nobody edits the tags. */
export function readAboutChanges(draft: AboutDraft, prompt: AboutPrompt): AboutChanges {
  const before = toAboutDraft(prompt);
  return {
    ...(draft.description === before.description ? {} : { description: readOrNull(draft.description) }),
    ...(draft.team === before.team ? {} : { owner_team: readOrNull(draft.team) }),
    ...(draft.tags === before.tags ? {} : { tags: readTags(draft.tags) }),
  };
}

/** Reads tags that are separated by commas, each once. */
export function readTags(text: string): readonly string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
}

/** Returns null for an empty text. */
export function readOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
