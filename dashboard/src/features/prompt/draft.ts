import type { ChatMessage, UnsavedContent, Version } from '@prompt-ledger/client';
import { jsonText, readJsonObject } from '../../api/json-text';
import { type JsonParts, partsOfContent, readParts } from '../../ui/editor/json-parts';

/** The content being written: a text or messages, never both. */
export interface Draft {
  readonly template?: string;
  readonly messages?: readonly ChatMessage[];
  /** What stands beside the templates, as it is typed. */
  readonly parts?: JsonParts;
  /** JSON of the settings of the version; empty for none. */
  readonly settings?: string;
  readonly commitMessage: string;
}

/** A draft as it is sent. */
export interface WrittenDraft {
  readonly content: UnsavedContent;
  readonly settings: Readonly<Record<string, unknown>> | null;
  /** The titles of what is no JSON: such a draft cannot be saved. */
  readonly wrong: readonly string[];
}

export function writeDraft({ template, messages, parts = {}, settings = '' }: Draft): WrittenDraft {
  const { beside, wrong } = readParts(parts);
  const given = settings.trim() === '' ? null : readJsonObject(settings);
  return {
    content: { ...(messages === undefined ? { template_source: template ?? '' } : { messages }), ...beside },
    settings: given,
    wrong: [...wrong, ...(settings.trim() !== '' && given === null ? ['Settings'] : [])],
  };
}

export function draftOfVersion(version: Version): Draft {
  const { template_source: template, messages, settings } = version;
  return {
    ...(messages === undefined ? { template: template ?? '' } : { messages }),
    parts: partsOfContent(version),
    settings: settings === null ? '' : jsonText(settings),
    commitMessage: '',
  };
}
