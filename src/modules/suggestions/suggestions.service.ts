import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../infra/database/index.js';
import { AuditService } from '../audit/index.js';
import { assertMayOver, type Caller } from '../auth/index.js';
import {
  PromptModeMismatchError,
  PromptNotFoundError,
  PromptsService,
  VersionNotFoundError,
} from '../prompts/index.js';
import { SuggestionNotApplicableError, SuggestionNotFoundError, SuggestionStaleError } from './errors.js';
import { type Findings, SuggestionFinder } from './suggestion-finder.js';
import { type IdentifiedSuggestion, toRequest, suggestionView } from './suggestion-views.js';
import type { Suggestion } from './suggestion.js';
import type {
  AppliedSuggestionDto,
  ApplySuggestionDto,
  ListSuggestionsQueryDto,
  SuggestionDto,
  SuggestionListDto,
} from './suggestions.dto.js';
import { type FoundVersion, type SuggestionKey, SuggestionsRepository } from './suggestions.repository.js';

interface FoundSuggestion {
  readonly version: FoundVersion;
  readonly findings: Findings;
  readonly found: IdentifiedSuggestion;
  readonly key: SuggestionKey;
}

/** A title may quote a name as long as a template. */
const MOST_MESSAGE_CHARS = 1000;
/** The version number comes first, so that the suggestion can be found by its id. */
const SUGGESTION_ID = /^([1-9]\d{0,8})-[0-9a-f]{32}$/;

/** Suggestions for a version, and people's decisions about them. */
@Injectable()
export class SuggestionsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly repository: SuggestionsRepository,
    private readonly finder: SuggestionFinder,
    private readonly prompts: PromptsService,
    private readonly audit: AuditService,
  ) {}

  /** @throws PromptNotFoundError `PROMPT_NOT_FOUND` | VersionNotFoundError `VERSION_NOT_FOUND` */
  async list(caller: Caller, name: string, query: ListSuggestionsQueryDto): Promise<SuggestionListDto> {
    const version = await this.getVersion(caller.projectId, name, query.version_number ?? null);
    const findings = await this.finder.find(caller, version);
    const { facts } = findings;
    const states = await this.listStates(caller.projectId, version);
    const suggestions = findings.suggestions
      .map((found) => show(found, version, { findings, states }))
      .filter(({ status }) => query.include === 'dismissed' || status !== 'dismissed');
    return {
      prompt_name: version.promptName,
      version_number: version.versionNumber,
      checksum_hash: version.checksumHash,
      window:
        facts === null
          ? null
          : {
              days: 30,
              executions: facts.executions30d ?? facts.executions,
              looked_at: facts.executions,
              variables_read: facts.variablesRead?.executions ?? 0,
            },
      suggestions,
    };
  }

  /**
   * Hides a suggestion. Hiding it again keeps the new reason.
   * @throws SuggestionNotFoundError `SUGGESTION_NOT_FOUND` | PromptNotFoundError `PROMPT_NOT_FOUND`
   */
  async dismiss(
    caller: Caller,
    name: string,
    suggestionId: string,
    reason: string | null,
  ): Promise<SuggestionDto> {
    const found = await this.find(caller, name, suggestionId);
    return this.decide(caller, found, async (tx, { key, subject, kind }) => {
      const before = await this.repository.lockState(tx, key, kind);
      if (before.dismissedAt !== null && before.reason === reason) return;
      await this.repository.dismiss(tx, key, caller.name, reason);
      await this.audit.append(tx, caller, {
        action: 'suggestion.dismiss',
        subject,
        subjectId: key.promptId,
        before: { dismissed: before.dismissedAt !== null },
        after: { dismissed: true, suggestion_id: suggestionId, kind },
        reason,
      });
    });
  }

  /** Shows a dismissed suggestion again. One that is not dismissed stays as it is. @throws as {@link dismiss}. */
  async restore(caller: Caller, name: string, suggestionId: string): Promise<SuggestionDto> {
    const found = await this.find(caller, name, suggestionId);
    return this.decide(caller, found, async (tx, { key, subject, kind }) => {
      const before = await this.repository.lockState(tx, key, kind);
      if (before.dismissedAt === null) return;
      await this.repository.restore(tx, key);
      await this.audit.append(tx, caller, {
        action: 'suggestion.restore',
        subject,
        subjectId: key.promptId,
        before: { dismissed: true },
        after: { dismissed: false, suggestion_id: suggestionId, kind },
      });
    });
  }

  /**
   * Creates a draft with the patch, without moving a pointer. Applying it again returns the same version.
   * @throws PromptModeMismatchError `PROMPT_MODE_MISMATCH` for a prompt that lives in code.
   * @throws SuggestionNotApplicableError `SUGGESTION_NOT_APPLICABLE` | SuggestionStaleError `SUGGESTION_STALE`
   * @throws SuggestionNotFoundError `SUGGESTION_NOT_FOUND` | PromptNotFoundError `PROMPT_NOT_FOUND`
   */
  async apply(
    caller: Caller,
    name: string,
    suggestionId: string,
    request: ApplySuggestionDto,
  ): Promise<AppliedSuggestionDto> {
    const { version, found, key } = await this.find(caller, name, suggestionId);
    if (version.promptMode === 'tracking') throw new PromptModeMismatchError(name, 'tracking');
    const { suggestion } = found;
    const content = toRequest(contentToApply(suggestion));
    const asked = {
      ...content,
      set_active: false,
      created_by: caller.name,
      commit_message: request.commit_message ?? `Suggested: ${suggestion.title}`.slice(0, MOST_MESSAGE_CHARS),
    };
    const {
      prompt,
      version: draft,
      version_change,
    } = await this.prompts.put(caller, name, asked, {
      before: async (tx, { promptId }) => {
        if (promptId !== version.promptId) throw new PromptNotFoundError(name);
        const newest = await this.repository.findNewestNumber(tx, key);
        const isStale = newest > version.versionNumber && request.allow_older !== true;
        if (isStale) throw new SuggestionStaleError(name, version.versionNumber, newest);
      },
      after: async (tx, { versionId, versionNumber }) => {
        await this.repository.lockState(tx, key, suggestion.kind);
        await this.repository.markApplied(tx, key, caller.name, versionId);
        await this.audit.append(tx, caller, {
          action: 'suggestion.apply',
          subject: `prompt/${name}`,
          subjectId: version.promptId,
          before: { version_number: version.versionNumber },
          after: { version_number: versionNumber, suggestion_id: suggestionId, kind: suggestion.kind },
        });
      },
    });
    return { suggestion_id: suggestionId, prompt, version: draft, version_change };
  }

  private async decide(
    caller: Caller,
    { version, findings, found, key }: FoundSuggestion,
    change: (
      tx: EntityManager,
      about: { readonly key: SuggestionKey; readonly subject: string; readonly kind: string },
    ) => Promise<void>,
  ): Promise<SuggestionDto> {
    return this.scope.transaction(caller.projectId, async (tx) => {
      await change(tx, { key, subject: `prompt/${version.promptName}`, kind: found.suggestion.kind });
      return show(found, version, { findings, states: await this.repository.listStates(tx, key) });
    });
  }

  /** Finds a suggestion for a caller who may write the prompt. */
  private async find(caller: Caller, name: string, suggestionId: string): Promise<FoundSuggestion> {
    const number = Number(SUGGESTION_ID.exec(suggestionId)?.[1] ?? 0);
    const version = await this.findVersion(caller.projectId, name, number);
    assertMayOver(caller, version.ownerTeam, 'prompts:write');
    if (!hasVersion(version)) throw new SuggestionNotFoundError(name, suggestionId);
    const findings = await this.finder.find(caller, version);
    const found = findings.suggestions.find((each) => each.suggestionId === suggestionId);
    if (found === undefined) throw new SuggestionNotFoundError(name, suggestionId);
    const { promptId, versionId } = version;
    return {
      version,
      findings,
      found,
      key: { projectId: caller.projectId, promptId, versionId, suggestionId },
    };
  }

  private async getVersion(
    projectId: string,
    name: string,
    versionNumber: number | null,
  ): Promise<FoundVersion> {
    const found = await this.findVersion(projectId, name, versionNumber);
    if (hasVersion(found)) return found;
    throw new VersionNotFoundError(`version ${versionNumber ?? 1} of prompt "${name}"`);
  }

  private async findVersion(projectId: string, name: string, versionNumber: number | null) {
    const found = await this.scope.transaction(projectId, (tx) =>
      this.repository.findVersion(tx, projectId, name, versionNumber),
    );
    if (found === null) throw new PromptNotFoundError(name);
    return found;
  }

  private async listStates(projectId: string, { promptId, versionId }: FoundVersion) {
    return this.scope.transaction(projectId, (tx) =>
      this.repository.listStates(tx, { projectId, promptId, versionId }),
    );
  }
}

type MaybeVersion = Awaited<ReturnType<SuggestionsRepository['findVersion']>> & {};

function hasVersion(found: MaybeVersion): found is FoundVersion {
  return found.versionId !== null;
}

function contentToApply({ patch }: Suggestion) {
  if (patch === null) throw SuggestionNotApplicableError.ofNoPatch();
  if (patch.kind === 'params') throw SuggestionNotApplicableError.ofRequests('the params');
  if (patch.kind === 'model') throw SuggestionNotApplicableError.ofRequests('the model');
  return patch.content;
}

function show(
  found: IdentifiedSuggestion,
  { promptName, versionNumber }: FoundVersion,
  {
    findings,
    states,
  }: {
    readonly findings: Findings;
    readonly states: Awaited<ReturnType<SuggestionsRepository['listStates']>>;
  },
): SuggestionDto {
  return suggestionView(
    found,
    states.find(({ suggestionId }) => suggestionId === found.suggestionId),
    {
      withContents: findings.withContents,
      versionLink: `/v1/prompts/${encodeURIComponent(promptName)}/versions/${versionNumber}`,
    },
  );
}
