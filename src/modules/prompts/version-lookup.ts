import { Injectable } from '@nestjs/common';
import { heavyWork, type LedgerError } from '../../kernel/index.js';
import type { CompiledPrompt } from '../../templating/index.js';
import { VersionsService } from '../versions/index.js';
import {
  NoActiveVersionError,
  PromptNotFoundError,
  TemplateHashMismatchError,
  VersionNotFoundError,
} from './errors.js';
import { type ResolvedColumns, resolvedOf, type ResolvedVersion } from './prompt-versions.repository.js';
import { VersionLookupRepository, type WantedVersion } from './version-lookup.repository.js';

/** A version that can be rendered, or why there is none. */
export type FoundVersion =
  | { readonly version: ResolvedVersion; readonly compiled: CompiledPrompt }
  | { readonly refusal: LedgerError };

/**
 * Many versions of many prompts at once, in either mode, past all caches: for those who come with a list. One that comes
 * alone is faster with the `PromptResolver`.
 */
@Injectable()
export class VersionLookup {
  constructor(
    private readonly lookups: VersionLookupRepository,
    private readonly versions: VersionsService,
  ) {}

  /**
   * In the order asked. A refusal is a PromptNotFoundError, VersionNotFoundError, NoActiveVersionError or
   * TemplateHashMismatchError; it concerns that one only, and is not thrown.
   */
  async findAll(projectId: string, wanted: readonly WantedVersion[]): Promise<FoundVersion[]> {
    const distinct = [...new Map(wanted.map((each) => [keyOf(each), each])).values()];
    const rows = await this.lookups.find(projectId, distinct);
    const found = new Map<string, FoundVersion>();
    for (const [index, each] of distinct.entries())
      found.set(keyOf(each), await this.foundOf(each, rows[index]));
    return wanted.map((each) => found.get(keyOf(each)) as FoundVersion);
  }

  private async foundOf(wanted: WantedVersion, row: ResolvedColumns | undefined): Promise<FoundVersion> {
    const refusal = refusalOf(wanted, row);
    if (refusal !== null) return { refusal };
    const version = resolvedOf(row as ResolvedColumns) as ResolvedVersion;
    return { version, compiled: await heavyWork.run(() => this.versions.compiled(version)) };
  }
}

function keyOf({ promptName, versionNumber, templateHash }: WantedVersion): string {
  return `${promptName} ${versionNumber} ${templateHash}`;
}

function refusalOf(
  { promptName, versionNumber, templateHash }: WantedVersion,
  row: ResolvedColumns | undefined,
): LedgerError | null {
  if (row === undefined) return new PromptNotFoundError(promptName);
  if (row.versionId !== null) {
    const isMeant = templateHash === null || row.checksumHash === templateHash;
    return isMeant ? null : TemplateHashMismatchError.ofVersion(promptName, row.versionNumber as number);
  }
  if (versionNumber !== null)
    return new VersionNotFoundError(`version ${versionNumber} of prompt "${promptName}"`);
  if (templateHash !== null) {
    return new VersionNotFoundError(`version of prompt "${promptName}" with the hash ${templateHash}`);
  }
  return new NoActiveVersionError(promptName);
}
