import { Injectable } from '@nestjs/common';
import { writeJson } from '../../../kernel/index.js';
import type { CompiledPrompt, ContentExtras } from '../../../templating/index.js';
import { VersionsService } from '../../versions/index.js';
import type { Arm } from '../../../bucketing/index.js';
import { NoActiveVersionError, PromptNotFoundError, VersionNotFoundError } from '../errors.js';
import { type AssignedArm, assignUnit } from '../pointers/running-rollouts.js';
import {
  type FoundInPrompt,
  type PinnedVersion,
  PromptVersionsRepository,
  type ResolvedVersion,
} from '../prompt-versions.repository.js';
import { RegistryWatch } from '../registry/registry-watch.js';
import type { Found, Revisioned, RevisionedCache } from '../registry/revisioned-cache.js';

export interface RunnablePrompt {
  readonly version: ResolvedVersion;
  readonly compiled: CompiledPrompt;
  /**
   * The prompt's `registry_revision` when this was read. Each change of the prompt gives it a higher one, so a write that relies on it
   * can check in the same statement whether it still holds.
   */
  readonly promptRevision: number;
}

/** The way in which a version was found. `pointer`: it is the active one, the one of the environment `default`. */
export type ResolvedBy = 'pointer' | 'environment' | 'version_number' | 'template_hash';

/** The version that runs in an environment, and why. */
export interface RunInEnvironment extends RunnablePrompt {
  readonly resolvedBy: ResolvedBy;
  /** The arm of the rollout that runs there; null where none does, and for a version that was named. */
  readonly arm: AssignedArm | null;
}

export interface ResolveOptions {
  /** Reads the database in any case, and remembers what it finds. */
  readonly fresh?: boolean;
}

export interface ResolveInOptions extends ResolveOptions {
  /** The unit that stays with one arm of a rollout; null or left out: the request is a unit of its own. */
  readonly unitKey?: string | null;
  /** The arm of whoever is assigned already. */
  readonly arm?: Arm;
}

/** A version as it is named: by its checksum, by its number, or by neither. */
type NamedVersion = string | number | null;

/** The memory that a version takes beside its texts: ids, checksum, the object. */
const VERSION_BYTES = 512;

/** From a name (and a number, a checksum, or neither) to a version that can be rendered: what runs and renders begin with. */
@Injectable()
export class PromptResolver {
  private readonly cache: RevisionedCache<FoundInPrompt>;

  constructor(
    watch: RegistryWatch,
    private readonly promptVersions: PromptVersionsRepository,
    private readonly versions: VersionsService,
  ) {
    this.cache = watch.newCache(countSizeBytes);
  }

  /**
   * Whatever the environment, as who only looks at a prompt wants it. From memory where this process knows the prompt,
   * which may then be as old as a notification takes to arrive.
   * @param versionNumber null for the active version.
   * @throws PromptNotFoundError `PROMPT_NOT_FOUND`
   * @throws VersionNotFoundError `VERSION_NOT_FOUND`
   * @throws NoActiveVersionError `NO_ACTIVE_VERSION`
   */
  async resolve(
    projectId: string,
    name: string,
    versionNumber: number | null,
    options: ResolveOptions = {},
  ): Promise<RunnablePrompt> {
    const found = await this.find(projectId, name, versionNumber, options);
    // A version that is not there may have been made since, so it is asked for again.
    const isOldNews = found.value?.version === null && options.fresh !== true;
    const known = isOldNews ? await this.find(projectId, name, versionNumber, { fresh: true }) : found;
    return this.runnable(getVersion(name, versionNumber, known), known.promptRevision);
  }

  /**
   * Resolves the version that runs in an environment: the one that is named, else that of the environment's pointer, else
   * the active one. A protected environment runs the version of its pointer and nothing else.
   * @param version its checksum (64 lower-case hex digits), its number, or null when none is named.
   * @throws what {@link resolve} throws.
   * @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED`
   */
  async resolveIn(
    projectId: string,
    name: string,
    environment: string,
    version: NamedVersion,
    options: ResolveInOptions = {},
  ): Promise<RunInEnvironment> {
    const found = await this.find(projectId, name, version, options);
    const pointer = choosePointer(name, environment, version, found.value);
    const resolvedBy = pointer === null ? toResolvedBy(version) : 'environment';
    const drawn = version === null ? drawArm(found.value, environment, options.unitKey ?? null) : null;
    const arm = drawn === null || options.arm === undefined ? drawn : { ...drawn, arm: options.arm };
    const running = arm?.arm === 'candidate' ? arm.rollout.candidateVersion : pointer;
    if (running === null) {
      const runnable = this.runnable(getVersion(name, version, found), found.promptRevision);
      return { ...runnable, resolvedBy, arm };
    }
    const pointed = await this.find(projectId, name, running, options);
    // Whichever was read first: if the prompt has changed in between, the insert sees that one of them is old.
    const promptRevision = Math.min(found.promptRevision, pointed.promptRevision);
    return { ...this.runnable(getVersion(name, running, pointed), promptRevision), resolvedBy, arm };
  }

  /**
   * Resolves from memory as {@link resolveIn} would; null says nothing about the prompt.
   * @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED` | NoActiveVersionError `NO_ACTIVE_VERSION`
   */
  peekIn(
    projectId: string,
    name: string,
    environment: string,
    version: NamedVersion,
    unitKey: string | null,
  ): RunInEnvironment | null {
    const found = this.cache.peek(projectId, name, toFacet(version));
    if (found === undefined) return null;
    const { value, promptRevision } = found;
    const pointer = choosePointer(name, environment, version, value);
    const arm = version === null ? drawArm(value, environment, unitKey) : null;
    const number = arm?.arm === 'candidate' ? arm.rollout.candidateVersion : pointer;
    const running = number === null ? value : this.cache.peek(projectId, name, toFacet(number))?.value;
    if (running === undefined || running.version === null) return null;
    return {
      version: running.version,
      compiled: this.versions.runnable(running.version),
      promptRevision,
      resolvedBy: pointer === null ? toResolvedBy(version) : 'environment',
      arm,
    };
  }

  /**
   * Resolves a pinned version, also of a deleted prompt. Always reads the database.
   * @throws VersionNotFoundError `VERSION_NOT_FOUND` | EnvironmentProtectedError `ENVIRONMENT_PROTECTED`
   */
  async resolvePinned(
    projectId: string,
    name: string,
    environment: string,
    pinned: PinnedVersion,
  ): Promise<RunInEnvironment> {
    const found = await this.promptVersions.resolvePinned(projectId, name, pinned);
    if (found === null) throw new VersionNotFoundError(`the pinned version of prompt "${name}"`);
    const { versionNumber, versionId } = pinned;
    // Throws where the environment is protected: pinning a version is no way around its rules.
    choosePointer(name, environment, versionNumber, found.value);
    const runnable = this.runnable(getVersion(name, versionNumber, found), found.promptRevision);
    return { ...runnable, resolvedBy: versionId === null ? 'template_hash' : 'version_number', arm: null };
  }

  /** @throws PromptNotFoundError `PROMPT_NOT_FOUND` */
  private async find(
    projectId: string,
    name: string,
    version: NamedVersion,
    options: ResolveOptions,
  ): Promise<Revisioned<FoundInPrompt | null>> {
    const load = (): Promise<Found<FoundInPrompt>> =>
      typeof version === 'string'
        ? this.promptVersions.resolveChecksum(projectId, name, version)
        : this.promptVersions.resolve(projectId, name, version);
    const found = await this.cache.find(projectId, name, toFacet(version), load, options);
    if (found === null) throw new PromptNotFoundError(name);
    return found;
  }

  private runnable(version: ResolvedVersion, promptRevision: number): RunnablePrompt {
    return { version, compiled: this.versions.runnable(version), promptRevision };
  }
}

/** The number of the version that the environment's own pointer stands at; null when that does not decide. */
function choosePointer(
  promptName: string,
  environment: string,
  asked: NamedVersion,
  found: FoundInPrompt | null,
): number | null {
  if (found === null || found.environments === null) return null;
  const { version, environments } = found;
  const isMissing = asked !== null && version === null;
  // A version that is not there is said not to be there.
  if (isMissing) return null;
  return environments.choose({ promptName, environment, named: asked === null ? null : version });
}

/** The arm that a unit gets; null where nothing is rolled out, as nearly everywhere. */
function drawArm(
  found: FoundInPrompt | null,
  environment: string,
  unitKey: string | null,
): AssignedArm | null {
  if (found === null || found.environments === null) return null;
  const rollout = found.environments.findRollout(environment);
  return rollout === null ? null : assignUnit(rollout, unitKey);
}

/** @throws VersionNotFoundError `VERSION_NOT_FOUND` | NoActiveVersionError `NO_ACTIVE_VERSION` */
function getVersion(
  name: string,
  asked: NamedVersion,
  { value }: Revisioned<FoundInPrompt | null>,
): ResolvedVersion {
  if (value !== null && value.version !== null) return value.version;
  if (asked === null) throw new NoActiveVersionError(name);
  throw new VersionNotFoundError(
    typeof asked === 'number'
      ? `version ${asked} of prompt "${name}"`
      : `version of prompt "${name}" with the template_hash ${asked}`,
  );
}

function toResolvedBy(version: NamedVersion): ResolvedBy {
  if (version === null) return 'pointer';
  return typeof version === 'string' ? 'template_hash' : 'version_number';
}

/** A checksum is no version's number, whatever its digits are. */
function toFacet(version: NamedVersion): string {
  if (version === null) return 'active';
  return typeof version === 'string' ? `#${version}` : String(version);
}

/** The parsed template is not held here, see VersionsService.compiled. */
function countSizeBytes({ version, environments }: FoundInPrompt): number {
  const rest = VERSION_BYTES + (environments?.sizeBytes ?? 0);
  if (version === null) return rest;
  const { templateSource, messages, extras } = version;
  const texts = [templateSource ?? '', ...(messages ?? []).map(({ content }) => content)];
  const beside = rest + (extras === null ? 0 : countExtrasBytes(extras));
  return texts.reduce((sizeBytes, text) => sizeBytes + 2 * text.length, beside);
}

/** The size of parsed JSON by the character of its text. Measured: 1.5 for schemas as they are, 22 for nothing but empty objects. */
const BYTES_PER_JSON_CHAR = 8;
/** The cache asks for the sizes of all versions of a prompt with each that it adds. */
const extrasBytes = new WeakMap<ContentExtras, number>();

function countExtrasBytes(extras: ContentExtras): number {
  const known = extrasBytes.get(extras);
  if (known !== undefined) return known;
  const sizeBytes = BYTES_PER_JSON_CHAR * writeJson(extras).length;
  extrasBytes.set(extras, sizeBytes);
  return sizeBytes;
}
