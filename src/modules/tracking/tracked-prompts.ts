import type { PromptKind, PromptMode, StoredRegistration } from '../../entities/index.js';
import type { PromptContent } from '../../templating/index.js';
import type { RegistrationFacts, VersionContent } from '../versions/index.js';

/** The facts to ask the registry for before anything is decided. */
export interface AskedPrompt {
  readonly name: string;
  /** The checksum of the content that may become its active version; null when the content is to stay. */
  readonly checksumHash: string | null;
}

/** A live prompt as it is in the registry. */
export interface KnownPrompt {
  readonly name: string;
  readonly promptId: string;
  readonly mode: PromptMode;
  /** A prompt keeps its kind. */
  readonly kind: PromptKind;
  /** Whether the code base that had it said that it has it no more. */
  readonly isRetired: boolean;
  readonly metadata: PromptMetadata;
  /** Its `registry_revision`: whatever changes of it, or of its versions, gives it a higher one. */
  readonly revision: number;
  /** Null when none is active. */
  readonly active: { readonly versionId: string; readonly versionNumber: number } | null;
  /** The version that has the content which was asked for; null when it would be a new one. */
  readonly same: KnownVersion | null;
  /** 0 when it has no version; not known, and 0, where there is a `same`. */
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

/** The change to make to one prompt; members left out stay as they are. */
export interface PromptChange {
  /** Its place in the request. */
  readonly index: number;
  readonly name: string;
  /** The prompt as it was read; null: it is made, in tracking mode. */
  readonly prompt: Pick<KnownPrompt, 'promptId' | 'revision'> | null;
  /** The mode that it moves to; null when it stays. */
  readonly toMode: PromptMode | null;
  /** The version it is about: one that is there, or one that is made of a template. */
  readonly version: { readonly versionNumber: number } & (
    | { readonly isNew: false; readonly versionId: string }
    | { readonly isNew: true; readonly content: PromptContent; readonly checksumHash: string }
  );
  /** Set when that version becomes the active one, in place of this one (null for none). */
  readonly activation: { readonly fromVersionId: string | null } | null;
  /** Kept as the latest registration of the version, and as its first if it is new. */
  readonly registration: RegistrationFacts | null;
  /** The new metadata of the prompt; members left out stay. Null when all of it stays. */
  readonly metadata: Partial<PromptMetadata> | null;
  /** Whether it is retired from now on; null when that stays as it is. */
  readonly toRetired: boolean | null;
}

/** What becomes of a request about prompts. */
export interface Decision<Answer> {
  /** One for each prompt that was sent, in order. */
  readonly answers: Answer[];
  /** Only of those prompts that change. */
  readonly changes: PromptChange[];
}

/** A change with what is stored of its content, if that is new. */
export interface PreparedChange extends PromptChange {
  readonly stored: VersionContent | null;
}

/** Only git facts: nobody who runs or reads the prompt sees another thing, so it takes no revision. */
export function isSilent(change: PromptChange): boolean {
  const { prompt, toMode, version, activation, metadata, toRetired } = change;
  const isAsBefore = toMode === null && metadata === null && toRetired === null;
  return prompt !== null && isAsBefore && !version.isNew && activation === null;
}
