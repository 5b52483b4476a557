/** Filters of a list that have no index of their own. */
export interface UnindexedFilter {
  /** The prompts with a name. A name that was reused after a deletion has several. */
  readonly promptIds?: readonly string[] | undefined;
  /** The version's number within the prompts in `promptIds`. */
  readonly versionNumber?: number | undefined;
  /** In the form `provider/model_name`. */
  readonly model?: string | undefined;
  readonly ownerTeam?: string | undefined;
  readonly keyId?: string | undefined;
  /** The attribute that the executions must lack. */
  readonly without?: 'prompt' | 'owner_team' | 'api_key' | undefined;
}

const NONE = {
  prompt: 'e.prompt_id IS NULL',
  owner_team: `coalesce(e.owner_team, '') = ''`,
  api_key: 'e.key_id IS NULL',
};

/** Returns conditions that no index serves. They are checked row by row, within the range of the other filters. */
export function conditionsWithoutIndex(
  { promptIds, versionNumber, model, ownerTeam, keyId, without }: UnindexedFilter,
  bind: (value: unknown) => string,
): string[] {
  return [
    ...(versionNumber === undefined
      ? []
      : [
          `e.version_id = ANY (ARRAY(SELECT w.version_id FROM prompt_versions w WHERE w.project_id = $1
            AND w.prompt_id = ANY (${bind(promptIds)}::uuid[]) AND w.version_number = ${bind(versionNumber)}))`,
        ]),
    ...(model === undefined
      ? []
      : [
          `e.model_id = ANY (ARRAY(SELECT w.model_id FROM models w WHERE w.project_id = $1
            AND w.provider || '/' || w.model_name = ${bind(model)}))`,
        ]),
    ...(ownerTeam === undefined ? [] : [`e.owner_team = ${bind(ownerTeam)}`]),
    ...(keyId === undefined ? [] : [`e.key_id = ${bind(keyId)}::uuid`]),
    ...(without === undefined ? [] : [NONE[without]]),
  ];
}
