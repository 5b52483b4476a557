import type { PutSnippetRequest, Snippet } from '@prompt-ledger/client';

/** The next version of a snippet, as typed. */
export interface Draft {
  readonly template: string;
  readonly description: string;
  readonly commitMessage: string;
}

export function toDraft({ description, latest_version: version }: Snippet): Draft {
  return { template: version.template_source, description: description ?? '', commitMessage: '' };
}

/** Finds what a draft changes. A description belongs to the snippet, so it changes without a new version. */
export function findChanges(
  draft: Draft,
  snippet: Snippet,
): { readonly isTextChanged: boolean; readonly isDescriptionChanged: boolean } {
  const saved = toDraft(snippet);
  return {
    isTextChanged: draft.template !== saved.template,
    isDescriptionChanged: draft.description.trim() !== saved.description.trim(),
  };
}

/** @param author null when unknown. */
export function writeDraft(draft: Draft, snippet: Snippet, author: string | null): PutSnippetRequest {
  const message = draft.commitMessage.trim();
  return {
    template_source: draft.template,
    ...(findChanges(draft, snippet).isDescriptionChanged
      ? { description: draft.description.trim() || null }
      : {}),
    commit_message: message === '' ? null : message,
    ...(author === null ? {} : { created_by: author }),
  };
}
