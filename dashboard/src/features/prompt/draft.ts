import type { ChatMessage, Me, UnsavedContent, Version } from '@prompt-ledger/client';
import { jsonText, readJsonObject } from '../../api/json-text';
import { type JsonParts, toJsonParts, readParts } from '../../ui/editor/json-parts';

/** The content being written: a text or messages, never both. */
export interface Draft {
  readonly template?: string;
  readonly messages?: readonly ChatMessage[];
  /** The members besides the templates, as typed. */
  readonly parts?: JsonParts;
  /** The JSON of the version's settings; empty for none. */
  readonly settings?: string;
  readonly commitMessage: string;
}

/** A draft in the form that is sent to the service. */
export interface WrittenDraft {
  readonly content: UnsavedContent;
  readonly settings: Readonly<Record<string, unknown>> | null;
  /** The titles of the members that are not JSON. A draft that has any cannot be saved. */
  readonly wrong: readonly string[];
}

/** Returns the key under which the draft of a prompt is kept. */
export function toDraftKey(project: Me['project'], name: string): string {
  return `prompt ${project?.project_id ?? ''} ${name}`;
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

export function toDraft(version: Version): Draft {
  const { template_source: template, messages, settings } = version;
  return {
    ...(messages === undefined ? { template: template ?? '' } : { messages }),
    parts: toJsonParts(version),
    settings: settings === null ? '' : jsonText(settings),
    commitMessage: '',
  };
}
