import { isDeepStrictEqual } from 'node:util';
import type { PromptEntity } from '../../entities/index.js';
import type { PutPromptDto } from './prompts.dto.js';
import type { PromptMetadata } from './prompts.repository.js';

/** Returns the metadata that the request changes; null for none, since a deployment puts the same metadata every time. */
export function changedMetadata(prompt: PromptEntity, request: PutPromptDto): PromptMetadata | null {
  const { description, owner_team: ownerTeam, tags } = request;
  const changed = {
    ...(description === undefined || description === prompt.description ? {} : { description }),
    ...(ownerTeam === undefined || ownerTeam === prompt.ownerTeam ? {} : { ownerTeam }),
    ...(tags === undefined || isDeepStrictEqual(tags, prompt.tags) ? {} : { tags }),
  };
  return Object.keys(changed).length === 0 ? null : changed;
}

/** Describes which metadata changes, in wire names. */
export function metadataView(metadata: PromptMetadata, changed: PromptMetadata | null): object {
  const { description, ownerTeam, tags } = metadata;
  return {
    ...(changed?.description === undefined ? {} : { description }),
    ...(changed?.ownerTeam === undefined ? {} : { owner_team: ownerTeam }),
    ...(changed?.tags === undefined ? {} : { tags }),
  };
}
