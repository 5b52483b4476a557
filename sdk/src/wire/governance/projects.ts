export interface ProjectRef {
  readonly project_id: string;
  readonly name: string;
}

export interface ProjectSettings {
  /** For how many days the content of executions is kept, by environment; `*` is for those that are not named. */
  readonly retention_days: Readonly<Record<string, number>>;
  /** Variables whose values are masked: names, paths, patterns with `*`, or `/expressions/`. */
  readonly mask: readonly string[];
  /** `provider/model_name`; null for that of the service. */
  readonly default_model: string | null;
  /** Whether executions may name environments that were not described. */
  readonly allow_unknown_environments: boolean;
  /** The URL that is notified of changes applied in an emergency; null for none. */
  readonly callback_url: string | null;
}

/** Members that are left out stay as they are; null is the default again. */
export type ChangeProjectSettings = {
  readonly [Name in keyof ProjectSettings]?: ProjectSettings[Name] | null;
};

export interface CreateProjectRequest {
  readonly name: string;
  readonly settings?: ChangeProjectSettings | null;
}

/** Members that are left out stay as they are. */
export interface UpdateProjectRequest {
  readonly name?: string;
  readonly settings?: ChangeProjectSettings;
  /** True refuses its keys; false brings it back. */
  readonly archived?: boolean;
}

export interface Project extends ProjectRef {
  readonly settings: ProjectSettings;
  readonly created_at: string;
  readonly archived_at: string | null;
}

export interface ProjectList {
  /** The oldest first, archived ones too. */
  readonly projects: readonly Project[];
  readonly next_cursor: string | null;
}
