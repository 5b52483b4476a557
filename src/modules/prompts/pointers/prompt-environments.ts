import { EnvironmentProtectedError, NoActiveVersionError } from '../errors.js';
import { DEFAULT_POINTER } from '../default-pointer.js';
import {
  RUNNING_ROLLOUTS,
  type RunningRollout,
  RunningRollouts,
  type RunningRolloutsRow,
} from './running-rollouts.js';

/** Labels that need no rules: the default of requests that name none, and those of the service's own runs. */
export const ALWAYS_KNOWN: ReadonlySet<string> = new Set([DEFAULT_POINTER, 'experiment', 'playground']);

/** A project's rules about labels, as {@link PROJECT_ENVIRONMENTS} reads them. */
export interface ProjectEnvironmentsRow {
  readonly protected: readonly string[] | null;
  /** Null where any label is allowed. */
  readonly known: readonly string[] | null;
}

/** A project's rules with the pointers of a prompt: version numbers by label. */
export interface PromptEnvironmentsRow extends ProjectEnvironmentsRow {
  readonly pointers: Readonly<Record<string, number>> | null;
  readonly rollouts: RunningRolloutsRow | null;
}

/** The labels of a project that have rules. A label not mentioned has none. */
export class ProjectEnvironments {
  private readonly protectedNames: ReadonlySet<string>;
  private readonly knownNames: ReadonlySet<string> | null;

  constructor({ protected: protectedNames, known }: ProjectEnvironmentsRow) {
    this.protectedNames = new Set(protectedNames);
    this.knownNames = known === null ? null : new Set(known);
  }

  isProtected(environment: string): boolean {
    return this.protectedNames.has(environment);
  }

  /** @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED` for an unknown label in a project that allows only known ones. */
  assertKnown(environment: string): void {
    if (this.knownNames === null || this.knownNames.has(environment) || ALWAYS_KNOWN.has(environment)) return;
    throw EnvironmentProtectedError.ofUnknown(environment);
  }

  /** @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED` where calls without a prompt are not allowed. */
  assertBareCallAllowed(environment: string): void {
    this.assertKnown(environment);
    if (this.isProtected(environment)) throw EnvironmentProtectedError.ofBareCall(environment);
  }
}

/** The version that a caller wants in an environment. */
export interface WantedInEnvironment {
  readonly promptName: string;
  readonly environment: string;
  /** The version that the caller named, by number or content, once found; null when none was named. */
  readonly named: { readonly versionNumber: number } | null;
}

/** A prompt's pointers, and the rules of their environments. */
export class PromptEnvironments {
  readonly project: ProjectEnvironments;
  private readonly pointers: ReadonlyMap<string, number>;
  private readonly rollouts: RunningRollouts | null;

  private constructor(row: PromptEnvironmentsRow) {
    this.project = new ProjectEnvironments(row);
    this.pointers = new Map(Object.entries(row.pointers ?? {}));
    this.rollouts = row.rollouts === null ? null : new RunningRollouts(row.rollouts);
  }

  /** @returns null when every environment runs the active version or the named one, as for most prompts. */
  static of(row: PromptEnvironmentsRow): PromptEnvironments | null {
    const hasOwn = Object.keys(row.pointers ?? {}).some((environment) => environment !== DEFAULT_POINTER);
    const isSpecial = hasOwn || row.rollouts !== null || row.protected !== null || row.known !== null;
    return isSpecial ? new PromptEnvironments(row) : null;
  }

  /** Finds the rollout beside the version that {@link choose} picks when the caller names none; null if there is none. */
  findRollout(environment: string): RunningRollout | null {
    return this.rollouts?.find(environment, this.pointers.has(environment)) ?? null;
  }

  /**
   * Chooses the version that runs.
   * @returns the version number of the environment's own pointer; null to run the named version, or the active one.
   * @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED` for another version than the pointer's, and for an unknown label.
   * @throws NoActiveVersionError `NO_ACTIVE_VERSION` in a protected environment without a pointer.
   */
  choose({ promptName, environment, named }: WantedInEnvironment): number | null {
    this.project.assertKnown(environment);
    const pointer = this.pointers.get(environment) ?? null;
    const isProtected = this.project.isProtected(environment);
    if (named === null) {
      if (isProtected && pointer === null) throw new NoActiveVersionError(promptName, environment);
      return environment === DEFAULT_POINTER ? null : pointer;
    }
    // An approved candidate may also be named while its rollout runs.
    const isLetIn =
      named.versionNumber === pointer ||
      named.versionNumber === this.findRollout(environment)?.candidateVersion;
    if (isProtected && !isLetIn) throw EnvironmentProtectedError.ofVersion(promptName, environment, pointer);
    return null;
  }

  /** Approximate size in memory. */
  get sizeBytes(): number {
    return 128 * (1 + this.pointers.size + 2 * (this.rollouts?.size ?? 0));
  }
}

/** The members of a {@link ProjectEnvironmentsRow}, for a `json_build_object`. @param project an SQL expression for the project's id. */
export const projectEnvironments = (
  project: string,
) => `'protected', (SELECT json_agg(e.name) FROM environments e WHERE e.project_id = ${project} AND e.protected),
    'known', CASE WHEN (SELECT s.settings ->> 'allow_unknown_environments' FROM projects s WHERE s.project_id = ${project}) = 'false'
      THEN (SELECT coalesce(json_agg(e.name), '[]') FROM environments e WHERE e.project_id = ${project}) END`;

/** A {@link PromptEnvironmentsRow} of a prompt `p`. */
export const PROMPT_ENVIRONMENTS = `json_build_object(
    'pointers', (SELECT json_object_agg(pp.environment, (SELECT v.version_number FROM prompt_versions v
        WHERE v.project_id = pp.project_id AND v.version_id = pp.version_id))
      FROM prompt_pointers pp WHERE pp.project_id = p.project_id AND pp.prompt_id = p.prompt_id),
    'rollouts', ${RUNNING_ROLLOUTS}, ${projectEnvironments('p.project_id')})`;
