import type { SnippetEntity, SnippetVersionEntity } from '../../entities/index.js';
import type {
  SnippetDto,
  SnippetSummaryDto,
  SnippetUseDto,
  SnippetVersionDto,
  SnippetVersionRefDto,
  SnippetVersionSummaryDto,
} from './snippets.dto.js';
import type { SnippetUse } from './snippets.repository.js';

/** Maps rows to their wire form. */

type SnippetColumns = Omit<SnippetEntity, 'projectId' | 'deletedAt'>;

export function versionRef(version: SnippetVersionEntity): SnippetVersionRefDto {
  return {
    version_id: version.versionId,
    version_number: version.versionNumber,
    checksum_hash: version.checksumHash,
  };
}

export function versionSummary(version: SnippetVersionEntity): SnippetVersionSummaryDto {
  return {
    ...versionRef(version),
    created_by: version.createdBy,
    commit_message: version.commitMessage,
    created_at: version.createdAt.toISOString(),
  };
}

export function versionDetail(
  { snippetId, name }: SnippetColumns,
  version: SnippetVersionEntity,
): SnippetVersionDto {
  return {
    ...versionSummary(version),
    snippet_id: snippetId,
    snippet_name: name,
    template_source: version.templateSource,
    variables: version.variables,
    renderer: version.renderer,
  };
}

export function snippetSummary(
  snippet: SnippetColumns & { readonly latestNumber: number },
): SnippetSummaryDto {
  return {
    snippet_id: snippet.snippetId,
    name: snippet.name,
    description: snippet.description,
    latest_version_number: snippet.latestNumber,
    created_at: snippet.createdAt.toISOString(),
    updated_at: snippet.updatedAt.toISOString(),
  };
}

export function snippetDetail(snippet: SnippetEntity, latest: SnippetVersionEntity): SnippetDto {
  return {
    ...snippetSummary({ ...snippet, latestNumber: latest.versionNumber }),
    latest_version: versionDetail(snippet, latest),
  };
}

export function useView(use: SnippetUse): SnippetUseDto {
  return {
    kind: use.kind,
    name: use.name,
    version_id: use.versionId,
    version_number: use.versionNumber,
    snippet_version_number: use.snippetVersionNumber,
    direct: use.isDirect,
    environments: [...use.environments],
  };
}
