import type { AuditChange } from '../audit/index.js';
import type { PromptChange } from './tracked-prompts.js';

/** Writes an entry for each prompt, so that the history of one can be looked up. @param facts shared by all of the entries. */
export function auditPromptChanges(
  action: string,
  changes: readonly PromptChange[],
  facts: object = {},
): AuditChange[] {
  return changes.map((change) => {
    const { name, prompt, version, activation, toMode, toRetired, metadata } = change;
    return {
      action,
      subject: `prompt/${name}`,
      subjectId: prompt?.promptId ?? null,
      before:
        prompt === null
          ? null
          : {
              ...(activation === null ? {} : { active_version_id: activation.fromVersionId }),
              ...(toRetired === null ? {} : { retired: !toRetired }),
            },
      after: {
        version: version.versionNumber,
        is_new: version.isNew,
        is_activated: activation !== null,
        ...(toMode === null ? {} : { mode: toMode }),
        ...(toRetired === null ? {} : { retired: toRetired }),
        ...(metadata?.description === undefined ? {} : { description: metadata.description }),
        ...(metadata?.ownerTeam === undefined ? {} : { owner_team: metadata.ownerTeam }),
        ...(metadata?.tags === undefined ? {} : { tags: metadata.tags }),
        ...facts,
      },
    };
  });
}
