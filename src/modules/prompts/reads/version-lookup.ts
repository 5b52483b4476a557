import { Injectable } from '@nestjs/common';
import { heavyWork, type LedgerError } from '../../../kernel/index.js';
import type { CompiledPrompt } from '../../../templating/index.js';
import { VersionsService } from '../../versions/index.js';
import {
  EnvironmentProtectedError,
  NoActiveVersionError,
  PromptNotFoundError,
  TemplateHashMismatchError,
  VersionNotFoundError,
} from '../errors.js';
import type { ResolvedBy } from './prompt-resolver.js';
import { toResolved, type ResolvedVersion } from '../prompt-versions.repository.js';
import {
  type LookedUpVersion,
  VersionLookupRepository,
  type WantedVersion,
} from './version-lookup.repository.js';

/** A version that can be rendered, or the reason why there is none. */
export type FoundVersion =
  | {
      readonly version: ResolvedVersion;
      readonly compiled: CompiledPrompt;
      readonly resolvedBy: ResolvedBy;
    }
  | { readonly refusal: LedgerError };

/**
 * Looks up many versions of many prompts at once, in either mode and without a cache, for callers that report what ran elsewhere.
 * `PromptResolver` resolves what is about to run.
 */
@Injectable()
export class VersionLookup {
  constructor(
    private readonly lookups: VersionLookupRepository,
    private readonly versions: VersionsService,
  ) {}

  /**
   * Returns results in the order of the request. A refusal is a PromptNotFoundError, VersionNotFoundError, NoActiveVersionError,
   * TemplateHashMismatchError or EnvironmentProtectedError; it concerns one entry and is returned, not thrown. A protected environment
   * accepts versions that are named and current or once approved, because reports may come late.
   */
  async findAll(projectId: string, wanted: readonly WantedVersion[]): Promise<FoundVersion[]> {
    const distinct = [...new Map(wanted.map((each) => [toKey(each), each])).values()];
    const rows = await this.lookups.find(projectId, distinct);
    const found = new Map<string, FoundVersion>();
    for (const [index, each] of distinct.entries())
      found.set(toKey(each), await this.toFound(each, rows[index]));
    return wanted.map((each) => found.get(toKey(each)) as FoundVersion);
  }

  private async toFound(wanted: WantedVersion, row: LookedUpVersion | undefined): Promise<FoundVersion> {
    const refusal = toRefusal(wanted, row);
    if (refusal !== null) return { refusal };
    const { standing, ...columns } = row as LookedUpVersion;
    const version = toResolved(columns) as ResolvedVersion;
    const compiled = await heavyWork.run(() => this.versions.compiled(version));
    return { version, compiled, resolvedBy: toResolvedBy(wanted, standing.isOfEnvironment) };
  }
}

/** The environment comes last because it may contain spaces. */
function toKey({ promptName, environment, versionNumber, templateHash }: WantedVersion): string {
  return `${promptName} ${versionNumber} ${templateHash} ${environment}`;
}

function toResolvedBy({ versionNumber, templateHash }: WantedVersion, isOfEnvironment: boolean): ResolvedBy {
  if (templateHash !== null) return 'template_hash';
  if (versionNumber !== null) return 'version_number';
  return isOfEnvironment ? 'environment' : 'pointer';
}

function toRefusal(wanted: WantedVersion, row: LookedUpVersion | undefined): LedgerError | null {
  const { promptName, environment, versionNumber, templateHash } = wanted;
  if (row === undefined) return new PromptNotFoundError(promptName);
  const { isKnown, isProtected, isApproved } = row.standing;
  if (!isKnown) return EnvironmentProtectedError.ofUnknown(environment);
  if (isProtected && versionNumber === null && templateHash === null)
    return EnvironmentProtectedError.ofUnnamedVersion(promptName, environment);
  if (row.versionId !== null) {
    const number = row.versionNumber as number;
    const isMeant = templateHash === null || row.checksumHash === templateHash;
    if (!isMeant) return TemplateHashMismatchError.ofVersion(promptName, number);
    return !isProtected || isApproved
      ? null
      : EnvironmentProtectedError.ofUnapprovedVersion(promptName, environment, number);
  }
  if (versionNumber !== null)
    return new VersionNotFoundError(`version ${versionNumber} of prompt "${promptName}"`);
  if (templateHash !== null) {
    return new VersionNotFoundError(`version of prompt "${promptName}" with the hash ${templateHash}`);
  }
  return new NoActiveVersionError(promptName);
}
