import type { PromptKind, PromptMode, StoredRegistration } from '../../entities/index.js';
import type { PromptContent } from '../../templating/index.js';
import type { RegistrationFacts, VersionContent } from '../versions/index.js';

/** The facts needed to look up a prompt before anything is decided. */
export interface AskedPrompt {
  readonly name: string;
  /** The checksum of the content that may become active; null when the content stays. */
  readonly checksumHash: string | null;
}

/** A live prompt as stored in the registry. */
export interface KnownPrompt {
  readonly name: string;
  readonly promptId: string;
  readonly mode: PromptMode;
  /** Text or chat, which never changes. */
  readonly kind: PromptKind;
  /** Whether the prompt was removed from its code base. */
  readonly isRetired: boolean;
  readonly metadata: PromptMetadata;
  /** The prompt's `registry_revision`, which every change to it or its versions raises. */
  readonly revision: number;
  /** Null when no version is active. */
  readonly active: { readonly versionId: string; readonly versionNumber: number } | null;
  /** The version that has the requested content; null when it would be a new one. */
  readonly same: KnownVersion | null;
  /** The highest version number. 0 when the prompt has no version, and also with a `same`, because it is not read then. */
  readonly highestNumber: number;
}

/** The description, tags and owner of a prompt. */
export interface PromptMetadata {
  readonly description: string | null;
  readonly ownerTeam: string | null;
  readonly tags: readonly string[];
}

export interface KnownVersion {
  readonly versionId: string;
  readonly versionNumber: number;
  readonly latestRegistration: StoredRegistration | null;
}

/** The change to make to one prompt. */
export interface PromptChange {
  /** The index of the prompt in the request. */
  readonly index: number;
  readonly name: string;
  /** The prompt as it was read; null to create it in tracking mode. */
  readonly prompt: Pick<KnownPrompt, 'promptId' | 'revision'> | null;
  /** The mode that it moves to; null to keep it. */
  readonly toMode: PromptMode | null;
  /** The version that the change is about, which exists or is created from a template. */
  readonly version: { readonly versionNumber: number } & (
    | { readonly isNew: false; readonly versionId: string }
    | { readonly isNew: true; readonly content: PromptContent; readonly checksumHash: string }
  );
  /** Set when that version becomes active, with the version that it replaces (null for none). */
  readonly activation: { readonly fromVersionId: string | null } | null;
  /** Stored as the latest registration of the version, and as its first if it is new. */
  readonly registration: RegistrationFacts | null;
  /** The new metadata of the prompt; members that are left out are kept. Null to keep all of it. */
  readonly metadata: Partial<PromptMetadata> | null;
  /** Whether the prompt becomes retired; null to keep its state. */
  readonly toRetired: boolean | null;
}

/** The outcome of a request about prompts. */
export interface Decision<Answer> {
  /** One answer for each prompt of the request, in order. */
  readonly answers: Answer[];
  /** The changes of the prompts that differ. */
  readonly changes: PromptChange[];
}

/** A change with the content to store, if that is new. */
export interface PreparedChange extends PromptChange {
  readonly stored: VersionContent | null;
}

/** Whether a change updates only git facts. Nobody who runs or reads the prompt sees a difference, so it takes no revision. */
export function isSilent(change: PromptChange): boolean {
  const { prompt, toMode, version, activation, metadata, toRetired } = change;
  const isAsBefore = toMode === null && metadata === null && toRetired === null;
  return prompt !== null && isAsBefore && !version.isNew && activation === null;
}
