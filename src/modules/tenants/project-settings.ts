/** The settings that a project can choose. */
export interface ProjectSettings {
  /** Days to keep the content of executions, by environment; `*` covers all others. Without an entry, content is kept forever. */
  readonly retention_days: Readonly<Record<string, number>>;
  /** Names of variables whose values are masked, or patterns; see `MaskRules`. */
  readonly mask: readonly string[];
  /** `provider/model_name`; null for the default of the service. */
  readonly default_model: string | null;
  /** Whether executions may name environments without a description. */
  readonly allow_unknown_environments: boolean;
  /** The URL for the project's events: changes applied in an emergency, and rollouts; null for none. */
  readonly callback_url: string | null;
}

const DEFAULTS: ProjectSettings = {
  retention_days: {},
  mask: [],
  default_model: null,
  allow_unknown_environments: true,
  callback_url: null,
};

/** @param stored the settings made so far. The rest have their defaults. */
export function readSettings(stored: object): ProjectSettings {
  return { ...DEFAULTS, ...stored };
}

/** Applies a change: members left out stay, and null restores the default. @returns the settings to store. */
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
