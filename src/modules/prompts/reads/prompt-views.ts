import type { PromptEntity, PromptVersionEntity } from '../../../entities/index.js';
import type { RenderedPrompt } from '../../../templating/index.js';
import type { StoredContent } from '../../versions/index.js';
import type { RunningVersions } from './running-versions.repository.js';
import type { PromptRead } from './prompt-reads.repository.js';
import type { VersionWithStatus } from '../prompt-versions.repository.js';
import type { ContentExtrasDto } from '../content-extras.dto.js';
import type {
  ActiveVersionDto,
  ChatMessageDto,
  PromptDto,
  PromptListEntryDto,
  PromptRefDto,
  PromptSummaryDto,
  VersionContentDto,
  VersionDto,
  VersionRefDto,
  VersionStatus,
  VersionSummaryDto,
} from '../prompts.dto.js';

/** Maps rows to their wire form. */

type VersionRef = Pick<PromptVersionEntity, 'versionId' | 'versionNumber' | 'checksumHash'>;

export function promptRef(prompt: Pick<PromptEntity, 'promptId' | 'name' | 'mode'>): PromptRefDto {
  return { prompt_id: prompt.promptId, name: prompt.name, mode: prompt.mode };
}

export function promptSummary(prompt: PromptRead['prompt']): PromptSummaryDto {
  return {
    ...promptRef(prompt),
    description: prompt.description,
    owner_team: prompt.ownerTeam,
    tags: prompt.tags,
    retired_at: prompt.retiredAt?.toISOString() ?? null,
    created_at: prompt.createdAt.toISOString(),
    updated_at: prompt.updatedAt.toISOString(),
  };
}

/** @param numbers undefined for a prompt without a version. */
export function promptListEntry(
  prompt: PromptRead['prompt'],
  numbers: RunningVersions | undefined,
): PromptListEntryDto {
  return {
    ...promptSummary(prompt),
    newest_version: numbers?.newestVersion ?? 0,
    environments:
      numbers?.environments.map(([environment, version]) => ({ environment, version_number: version })) ?? [],
  };
}

export function versionRef(version: VersionRef, status: VersionStatus): VersionRefDto {
  return {
    version_id: version.versionId,
    version_number: version.versionNumber,
    checksum_hash: version.checksumHash,
    status,
  };
}

export function versionSummary({ version, status }: VersionWithStatus): VersionSummaryDto {
  return {
    ...versionRef(version, status),
    created_by: version.createdBy,
    commit_message: version.commitMessage,
    created_at: version.createdAt.toISOString(),
  };
}

export function promptDetail({ prompt, active }: Pick<PromptRead, 'prompt' | 'active'>): PromptDto {
  return { ...promptSummary(prompt), active_version: active === null ? null : activeVersion(active) };
}

function activeVersion(version: NonNullable<PromptRead['active']>): ActiveVersionDto {
  return { ...versionRef(version, 'active'), ...contentView(version), variables: version.variables };
}

export function versionDetail(
  found: VersionWithStatus,
  prompt: Pick<PromptEntity, 'promptId' | 'name'>,
): VersionDto {
  return {
    ...versionSummary(found),
    prompt_id: prompt.promptId,
    prompt_name: prompt.name,
    settings: found.version.settings,
    renderer: found.version.renderer,
    ...contentView(found.version),
    variables: found.version.variables,
  };
}

export function renderedView(rendered: RenderedPrompt): {
  rendered_prompt?: string;
  messages?: ChatMessageDto[];
} {
  return rendered.kind === 'text' ? { rendered_prompt: rendered.text } : { messages: [...rendered.messages] };
}

type ContentView = Omit<VersionContentDto, 'variables'>;

function contentView({ templateSource, messages, content }: StoredContent): ContentView {
  // Stored extras already have wire form.
  const extras = (content ?? {}) as ContentExtrasDto;
  if (messages !== null) return { messages, ...extras };
  return templateSource === null ? extras : { template_source: templateSource, ...extras };
}
