export interface ProjectRef {
  readonly project_id: string;
  readonly name: string;
}

export interface ProjectSettings {
  /** How many days the content of executions is kept, by environment; `*` covers all others. */
  readonly retention_days: Readonly<Record<string, number>>;
  /** Variables whose values are masked: names, paths, patterns with `*`, or `/expressions/`. */
  readonly mask: readonly string[];
  /** `provider/model_name`; null for the service's default. */
  readonly default_model: string | null;
  /** Whether executions may name environments that have no rules. */
  readonly allow_unknown_environments: boolean;
  /** The URL that is notified of changes applied in an emergency; null for none. */
  readonly callback_url: string | null;
}

/** Omitted members stay unchanged; null restores the default. */
export type ChangeProjectSettings = {
  readonly [Name in keyof ProjectSettings]?: ProjectSettings[Name] | null;
};

export interface CreateProjectRequest {
  readonly name: string;
  readonly settings?: ChangeProjectSettings | null;
}

/** Omitted members stay unchanged. */
export interface UpdateProjectRequest {
  readonly name?: string;
  readonly settings?: ChangeProjectSettings;
  /** True refuses the project's keys; false restores the project. */
  readonly archived?: boolean;
}

export interface Project extends ProjectRef {
  readonly settings: ProjectSettings;
  readonly created_at: string;
  readonly archived_at: string | null;
}

export interface ProjectList {
  /** Oldest first, including archived ones. */
  readonly projects: readonly Project[];
  readonly next_cursor: string | null;
}
