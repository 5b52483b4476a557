import type { ChatMessage, ContentExtras, Version } from '@prompt-ledger/client';

/** The content being written: a text or messages, never both. */
export interface Draft {
  readonly template?: string;
  readonly messages?: readonly ChatMessage[];
  readonly commitMessage: string;
}

export type VersionContent = Pick<Version, 'template_source' | 'messages'> & ContentExtras;

/** The content of a draft, with the tools and the format of the version that it began from. */
export function contentOfDraft({ template, messages }: Draft, base: ContentExtras = {}): VersionContent {
  const { tools, tool_choice: choice, parallel_tool_calls: parallel, response_format: format } = base;
  return {
    ...(messages === undefined ? { template_source: template ?? '' } : { messages }),
    ...(tools === undefined ? {} : { tools }),
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
    ...(format === undefined ? {} : { response_format: format }),
  };
}

export function draftOfVersion({ template_source: template, messages }: VersionContent): Draft {
  return { ...(messages === undefined ? { template: template ?? '' } : { messages }), commitMessage: '' };
}
