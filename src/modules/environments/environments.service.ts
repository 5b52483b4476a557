import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EnvironmentEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { DatabaseUnavailableError } from '../../infra/http/index.js';
import { ValidationError } from '../../kernel/index.js';
import { type Actor, AuditService } from '../audit/index.js';
import { BareCalls, EnvironmentRulesRepository, RegistryWatch } from '../prompts/index.js';
import {
  DEFAULT_EVIDENCE_AGE_DAYS,
  type EnvironmentDto,
  type EnvironmentListDto,
  type PutEnvironmentDto,
  type PutEnvironmentResultDto,
} from './environments.dto.js';
import { type EnvironmentRules, EnvironmentsRepository, PromptsBusy } from './environments.repository.js';

/** Reserved for the service's own runs of any version, so they have no rules. */
const RESERVED: readonly string[] = ['experiment', 'playground'];

const NO_RULES: EnvironmentRules = {
  isProtected: false,
  requiredApprovals: 1,
  approvalTeams: [],
  evidence: null,
  changeTtlH: 72,
};

/** A prompt is created within milliseconds, and rarely during every try. */
const MAX_TRIES = 5;

/** Manages the rules of environments. */
@Injectable()
export class EnvironmentsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly environments: EnvironmentsRepository,
    private readonly rules: EnvironmentRulesRepository,
    private readonly audit: AuditService,
    private readonly watch: RegistryWatch,
    private readonly bareCalls: BareCalls,
  ) {}

  async list(projectId: string): Promise<EnvironmentListDto> {
    const found = await this.scope.transaction(projectId, (tx) => this.environments.list(tx, projectId));
    return { environments: found.map(environmentView) };
  }

  /**
   * Changes the rules. Once it has answered, they apply to every later request, in every process: a change of the protection gives each
   * prompt a new revision, which invalidates what other processes have cached.
   * @throws ValidationError `VALIDATION_FAILED` for a reserved environment.
   */
  async put(actor: Actor, name: string, request: PutEnvironmentDto): Promise<PutEnvironmentResultDto> {
    const { projectId } = actor;
    if (RESERVED.includes(name)) throw reservedError(name);
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      try {
        const answer = await this.scope.transaction(projectId, (tx) => this.change(tx, actor, name, request));
        this.watch.applyToProject(projectId);
        this.bareCalls.forget(projectId);
        return answer;
      } catch (error) {
        if (!(error instanceof PromptsBusy)) throw error;
      }
    }
    throw new DatabaseUnavailableError(null);
  }

  private async change(
    tx: EntityManager,
    actor: Actor,
    name: string,
    request: PutEnvironmentDto,
  ): Promise<PutEnvironmentResultDto> {
    const { projectId } = actor;
    await this.rules.holdAlone(tx, projectId);
    const before = await this.environments.find(tx, projectId, name);
    const wanted = changedRules(before ?? NO_RULES, request);
    const isSame = before !== null && isDeepStrictEqual(pickRules(before), wanted);
    if (before === null) await this.environments.add(tx, projectId, name, wanted);
    else if (!isSame) await this.environments.change(tx, projectId, name, wanted);
    const after = isSame ? before : await this.environments.find(tx, projectId, name);
    const view = environmentView(after as EnvironmentEntity);
    if (!isSame) {
      const change = { before: before === null ? null : auditView(before), after: auditView(wanted) };
      await this.audit.append(tx, actor, {
        action: 'environment.put',
        subject: `environment/${name}`,
        ...change,
      });
    }
    const missing = wanted.isProtected ? await this.environments.listWithoutPointer(tx, projectId, name) : [];
    if (wanted.isProtected !== (before?.isProtected ?? false)) {
      if (wanted.isProtected) await this.environments.approveStanding(tx, projectId, name);
      await this.environments.renewPrompts(tx, projectId);
    }
    return { ...view, prompts_without_pointer: missing };
  }
}

function pickRules({
  isProtected,
  requiredApprovals,
  approvalTeams,
  evidence,
  changeTtlH,
}: EnvironmentRules): EnvironmentRules {
  return { isProtected, requiredApprovals, approvalTeams, evidence, changeTtlH };
}

function changedRules(before: EnvironmentRules, request: PutEnvironmentDto): EnvironmentRules {
  return {
    isProtected: request.protected ?? before.isProtected,
    requiredApprovals: request.approvals?.required ?? before.requiredApprovals,
    approvalTeams: request.approvals?.teams ?? before.approvalTeams,
    evidence: request.evidence === undefined ? before.evidence : toDemand(request.evidence),
    changeTtlH: request.change_ttl_h ?? before.changeTtlH,
  };
}

function toDemand(evidence: (PutEnvironmentDto['evidence'] & object) | null): EnvironmentRules['evidence'] {
  if (evidence === null) return null;
  const {
    dataset,
    scorers,
    max_age_days = DEFAULT_EVIDENCE_AGE_DAYS,
    verdict = 'no_difference',
  } = evidence.experiment;
  return { experiment: { dataset, scorers, max_age_days, verdict } };
}

function auditView(rules: EnvironmentRules): object {
  return {
    protected: rules.isProtected,
    approvals: { required: rules.requiredApprovals, teams: rules.approvalTeams },
    evidence: rules.evidence,
    change_ttl_h: rules.changeTtlH,
  };
}

function environmentView(environment: EnvironmentEntity): EnvironmentDto {
  return {
    name: environment.name,
    protected: environment.isProtected,
    approvals: { required: environment.requiredApprovals, teams: environment.approvalTeams },
    evidence: environment.evidence,
    change_ttl_h: environment.changeTtlH,
    revision: Number(environment.revision),
    created_at: environment.createdAt.toISOString(),
    updated_at: environment.updatedAt.toISOString(),
  };
}

function reservedError(name: string): ValidationError {
  return new ValidationError(`The environment "${name}" is reserved and has no rules; choose another name.`, [
    { pointer: '/name', message: 'is reserved' },
  ]);
}
