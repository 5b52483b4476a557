import { Injectable } from '@nestjs/common';
import { writeJson } from '../../kernel/index.js';
import type { CompiledPrompt, ContentExtras } from '../../templating/index.js';
import { VersionsService } from '../versions/index.js';
import { NoActiveVersionError, PromptNotFoundError, VersionNotFoundError } from './errors.js';
import { PromptVersionsRepository, type ResolvedVersion } from './prompt-versions.repository.js';
import { RegistryWatch } from './registry-watch.js';
import type { Found, RevisionedCache } from './revisioned-cache.js';

export interface RunnablePrompt {
  readonly version: ResolvedVersion;
  readonly compiled: CompiledPrompt;
  /**
   * The prompt's `registry_revision` when this was read. Each change of the prompt gives it a higher one, so whoever
   * writes by what was resolved can see in the same statement whether it still holds.
   */
  readonly promptRevision: number;
}

export interface ResolveOptions {
  /** Reads the database in any case, and remembers what it finds. */
  readonly fresh?: boolean;
}

/** What a version holds in memory beside its texts: ids, checksum, the object. */
const VERSION_BYTES = 512;

/** From a name (and a number, a checksum, or neither) to a version that can be rendered: what runs and renders begin with. */
@Injectable()
export class PromptResolver {
  private readonly cache: RevisionedCache<ResolvedVersion>;

  constructor(
    watch: RegistryWatch,
    private readonly promptVersions: PromptVersionsRepository,
    private readonly versions: VersionsService,
  ) {
    this.cache = watch.newCache(sizeBytesOf);
  }

  /**
   * From memory where this process knows the prompt, which may then be as old as a notification takes to arrive.
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
    const facet = facetOfNumber(versionNumber);
    const load = () => this.promptVersions.resolve(projectId, name, versionNumber);
    const found = await this.find(projectId, name, facet, load, options);
    if (found !== null) return found;
    if (versionNumber === null) throw new NoActiveVersionError(name);
    throw new VersionNotFoundError(`version ${versionNumber} of prompt "${name}"`);
  }

  /**
   * The same by the content of the version.
   * @param checksumHash 64 lower-case hex digits.
   * @throws PromptNotFoundError `PROMPT_NOT_FOUND`
   * @throws VersionNotFoundError `VERSION_NOT_FOUND`
   */
  async resolveChecksum(
    projectId: string,
    name: string,
    checksumHash: string,
    options: ResolveOptions = {},
  ): Promise<RunnablePrompt> {
    const load = () => this.promptVersions.resolveChecksum(projectId, name, checksumHash);
    const found = await this.find(projectId, name, facetOfChecksum(checksumHash), load, options);
    if (found !== null) return found;
    throw new VersionNotFoundError(`version of prompt "${name}" with the template_hash ${checksumHash}`);
  }

  /**
   * What {@link resolve} or {@link resolveChecksum} would answer from memory; null says nothing about the prompt.
   * @param version its checksum, its number, or null for the active one.
   */
  peek(projectId: string, name: string, version: string | number | null): RunnablePrompt | null {
    const facet = typeof version === 'string' ? facetOfChecksum(version) : facetOfNumber(version);
    const found = this.cache.peek(projectId, name, facet);
    return found === undefined ? null : this.runnable(found.value, found.promptRevision);
  }

  private async find(
    projectId: string,
    name: string,
    facet: string,
    load: () => Promise<Found<ResolvedVersion>>,
    options: ResolveOptions,
  ): Promise<RunnablePrompt | null> {
    const found = await this.cache.find(projectId, name, facet, load, options);
    if (found === null) throw new PromptNotFoundError(name);
    const { value: version, promptRevision } = found;
    return version === null ? null : this.runnable(version, promptRevision);
  }

  private runnable(version: ResolvedVersion, promptRevision: number): RunnablePrompt {
    return { version, compiled: this.versions.compiled(version), promptRevision };
  }
}

function facetOfNumber(versionNumber: number | null): string {
  return versionNumber === null ? 'active' : String(versionNumber);
}

/** No version's number, whatever the digits are. */
function facetOfChecksum(checksumHash: string): string {
  return `#${checksumHash}`;
}

/** The parsed template is not held here, see VersionsService.compiled. */
function sizeBytesOf({ templateSource, messages, extras }: ResolvedVersion): number {
  const texts = [templateSource ?? '', ...(messages ?? []).map(({ content }) => content)];
  const rest = VERSION_BYTES + (extras === null ? 0 : extrasBytesOf(extras));
  return texts.reduce((sizeBytes, text) => sizeBytes + 2 * text.length, rest);
}

/** Of parsed JSON, by character of its text. Measured: 1.5 for schemas as they are, 22 for nothing but empty objects. */
const BYTES_PER_JSON_CHAR = 8;
/** The cache asks for the sizes of all versions of a prompt with each that it adds. */
const extrasBytes = new WeakMap<ContentExtras, number>();

function extrasBytesOf(extras: ContentExtras): number {
  const known = extrasBytes.get(extras);
  if (known !== undefined) return known;
  const sizeBytes = BYTES_PER_JSON_CHAR * writeJson(extras).length;
  extrasBytes.set(extras, sizeBytes);
  return sizeBytes;
}
