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
   * The prompt's `registry_revision` at the time of this read. Every change of the prompt raises it, so a write that relies on the read can
   * check in the same statement whether it still holds.
   */
  readonly promptRevision: number;
}

/** How a version was found. `pointer`: it is the active one, that of the environment `default`. */
export type ResolvedBy = 'pointer' | 'environment' | 'version_number' | 'template_hash';

/** The version that runs in an environment, and why. */
export interface RunInEnvironment extends RunnablePrompt {
  readonly resolvedBy: ResolvedBy;
  /** The arm of the rollout in the environment; null without a rollout, and for a named version. */
  readonly arm: AssignedArm | null;
}

export interface ResolveOptions {
  /** Always reads the database, and caches the result. */
  readonly fresh?: boolean;
}

export interface ResolveInOptions extends ResolveOptions {
  /** The unit that stays with one arm of a rollout. Null or left out: the request is a unit of its own. */
  readonly unitKey?: string | null;
  /** The arm of a unit that is already assigned. */
  readonly arm?: Arm;
}

/** A version named by its checksum, by its number, or not at all. */
type NamedVersion = string | number | null;

/** Memory that a version takes besides its texts: ids, checksum and object overhead. */
const VERSION_BYTES = 512;

/** Resolves a name (with a number, a checksum or neither) to a version that can be rendered. Every run and render starts here. */
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
   * Resolves without regard to an environment, for callers that only look at a prompt. A cached result may lag by as long as a notification
   * takes.
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
    // A missing version may have been created since, so read again.
    const isOldNews = found.value?.version === null && options.fresh !== true;
    const known = isOldNews ? await this.find(projectId, name, versionNumber, { fresh: true }) : found;
    return this.runnable(getVersion(name, versionNumber, known), known.promptRevision);
  }

  /**
   * Resolves the version that runs in an environment: the named one, else that of the environment's pointer, else the active one. A
   * protected environment runs only the version of its pointer and the candidate of its running rollout.
   * @param version the checksum (64 lower-case hex digits), the number, or null when none is named.
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
    // Take the older revision: if the prompt changed between the reads, the insert then sees that one of them is stale.
    const promptRevision = Math.min(found.promptRevision, pointed.promptRevision);
    return { ...this.runnable(getVersion(name, running, pointed), promptRevision), resolvedBy, arm };
  }

  /**
   * Resolves from the cache as {@link resolveIn} would. Null means that {@link resolveIn} has to decide.
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
   * Resolves a pinned version, even of a deleted prompt. Always reads the database.
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
    // Throws where the environment is protected, because pinning a version must not bypass its rules.
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

/** Returns the version number of the environment's own pointer; null when the pointer does not decide. */
function choosePointer(
  promptName: string,
  environment: string,
  asked: NamedVersion,
  found: FoundInPrompt | null,
): number | null {
  if (found === null || found.environments === null) return null;
  const { version, environments } = found;
  const isMissing = asked !== null && version === null;
  // Let the caller report a missing version as missing.
  if (isMissing) return null;
  return environments.choose({ promptName, environment, named: asked === null ? null : version });
}

/** Returns the arm of a unit; null where no rollout runs, as is usual. */
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

/** Marks a checksum, so that one of digits only is not taken for a version number. */
function toFacet(version: NamedVersion): string {
  if (version === null) return 'active';
  return typeof version === 'string' ? `#${version}` : String(version);
}

/** Does not count the parsed template, which VersionsService.compiled holds. */
function countSizeBytes({ version, environments }: FoundInPrompt): number {
  const rest = VERSION_BYTES + (environments?.sizeBytes ?? 0);
  if (version === null) return rest;
  const { templateSource, messages, extras } = version;
  const texts = [templateSource ?? '', ...(messages ?? []).map(({ content }) => content)];
  const beside = rest + (extras === null ? 0 : countExtrasBytes(extras));
  return texts.reduce((sizeBytes, text) => sizeBytes + 2 * text.length, beside);
}

/** Memory of parsed JSON per character of its text. Measured: 1.5 for typical schemas, 22 for empty objects only. */
const BYTES_PER_JSON_CHAR = 8;
/** The cache asks for the sizes of all versions of a prompt each time it adds one. */
const extrasBytes = new WeakMap<ContentExtras, number>();

function countExtrasBytes(extras: ContentExtras): number {
  const known = extrasBytes.get(extras);
  if (known !== undefined) return known;
  const sizeBytes = BYTES_PER_JSON_CHAR * writeJson(extras).length;
  extrasBytes.set(extras, sizeBytes);
  return sizeBytes;
}
