/** The settings that a project decides for itself. */
export interface ProjectSettings {
  /** For how many days the content of executions is kept, by environment; `*` is for those that are not named. Without days it is kept. */
  readonly retention_days: Readonly<Record<string, number>>;
  /** Names of variables whose values are masked, or patterns; see `MaskRules`. */
  readonly mask: readonly string[];
  /** `provider/model_name`; null for the default of the service. */
  readonly default_model: string | null;
  /** Whether executions may name environments that nobody has described. */
  readonly allow_unknown_environments: boolean;
  /** The address of the project's events, such as a change that was applied in an emergency; null for none. */
  readonly callback_url: string | null;
}

const DEFAULTS: ProjectSettings = {
  retention_days: {},
  mask: [],
  default_model: null,
  allow_unknown_environments: true,
  callback_url: null,
};

/** @param stored what was set so far; the rest is the default. */
export function readSettings(stored: object): ProjectSettings {
  return { ...DEFAULTS, ...stored };
}

/** Applies a change: members that are left out stay, and null is the default again. @returns what is to be stored. */
export function changeSettings(
  stored: object,
  change: { readonly [Name in keyof ProjectSettings]?: ProjectSettings[Name] | null | undefined },
): Partial<ProjectSettings> {
  const entries = Object.entries({ ...stored, ...withoutUndefined(change) });
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

function withoutUndefined(change: object): object {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
