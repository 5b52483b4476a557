import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ProjectEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { decodeIdCursor, type PageQueryDto, toPage } from '../../infra/http/index.js';
import { CallbackUrlPolicy } from '../../infra/outbound/index.js';
import { ValidationError } from '../../kernel/index.js';
import { AuditService } from '../audit/index.js';
import { type Caller, ForbiddenError } from '../auth/index.js';
import { DEFAULT_PROJECT, ProjectNotFoundError } from '../projects/index.js';
import { ProjectExistsError } from './errors.js';
import { ProjectMemory } from './project-memory.js';
import { ProjectSeeds } from './project-seeds.js';
import { changeSettings, readSettings } from './project-settings.js';
import type { CreateProjectDto, ProjectDto, ProjectListDto, UpdateProjectDto } from './tenants.dto.js';
import { TenantsRepository } from './tenants.repository.js';

/** Creates and changes projects. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly tenants: TenantsRepository,
    private readonly seeds: ProjectSeeds,
    private readonly memory: ProjectMemory,
    private readonly audit: AuditService,
    private readonly callbackUrls: CallbackUrlPolicy,
  ) {}

  /**
   * Creates a project with the models and prices of the catalogue and the usual environments, all or nothing.
   * @throws ProjectExistsError `PROJECT_EXISTS`
   * @throws ValidationError `VALIDATION_FAILED` for a forbidden address.
   */
  async create(caller: Caller, { name, settings }: CreateProjectDto): Promise<ProjectDto> {
    this.assertReachable(settings);
    const projectId = await this.tenants.takeId();
    return this.scope.instance(projectId, async (tx) => {
      const stored = changeSettings({}, settings ?? {});
      const project = await this.tenants.insert(tx, { projectId, name, settings: stored });
      if (project === null) throw new ProjectExistsError(name);
      await this.seeds.seedWithin(tx, projectId);
      const after = toDto(project);
      await this.appendAudit(tx, caller, project, { action: 'project.create', after });
      return after;
    });
  }

  async list({ cursor, limit }: PageQueryDto): Promise<ProjectListDto> {
    const afterId = decodeIdCursor(cursor);
    const found = await this.scope.instance([], (tx) => this.tenants.list(tx, afterId, limit + 1));
    const { entries, nextCursor } = toPage(found, limit, ({ projectId }) => projectId);
    return { projects: entries.map(toDto), next_cursor: nextCursor };
  }

  /** @throws ProjectNotFoundError `PROJECT_NOT_FOUND`, also for a project that is not the caller's. */
  async get(caller: Caller, projectId: string): Promise<ProjectDto> {
    assertOwn(caller, projectId);
    const project = await this.scope.instance([], (tx) => this.tenants.find(tx, projectId));
    if (project === null) throw new ProjectNotFoundError(projectId);
    return toDto(project);
  }

  /**
   * @throws ProjectNotFoundError `PROJECT_NOT_FOUND`, also for a project that is not the caller's.
   * @throws ForbiddenError `FORBIDDEN` for anything but settings, unless the caller is the instance.
   * @throws ProjectExistsError `PROJECT_EXISTS`
   * @throws ValidationError `VALIDATION_FAILED` for renaming or archiving the project `default`.
   */
  async update(caller: Caller, projectId: string, request: UpdateProjectDto): Promise<ProjectDto> {
    assertOwn(caller, projectId);
    assertMayChange(caller, request);
    this.assertReachable(request.settings);
    const changed = await this.scope.instance(projectId, async (tx) => {
      if (request.settings?.allow_unknown_environments !== undefined) {
        await this.tenants.lockPrompts(tx, projectId);
      }
      const project = await this.tenants.findLocked(tx, projectId);
      if (project === null) throw new ProjectNotFoundError(projectId);
      assertKeepsDefault(project, request);
      const name = request.name ?? project.name;
      const updated = await this.tenants.update(tx, project, {
        name,
        settings: changeSettings(project.settings, request.settings ?? {}),
        isArchived: request.archived ?? project.archivedAt !== null,
      });
      if (updated === null) throw new ProjectExistsError(name);
      const [before, after] = [toDto(project), toDto(updated)];
      await this.appendAudit(tx, caller, project, { action: 'project.update', before, after });
      return after;
    });
    this.memory.forget(projectId);
    return changed;
  }

  private assertReachable(settings: CreateProjectDto['settings']): void {
    const url = settings?.callback_url ?? null;
    if (url !== null) this.callbackUrls.assertAllowed(url, '/settings/callback_url');
  }

  /** Appends to the log of the affected project, wherever the caller acts. */
  private async appendAudit(
    tx: EntityManager,
    caller: Caller,
    { projectId }: ProjectEntity,
    change: { action: string; before?: object; after: object },
  ): Promise<void> {
    await this.audit.append(tx, { ...caller, projectId }, { ...change, subject: `project/${projectId}` });
  }
}

/** Runs before any look-up, so that callers do not learn whether another project exists. */
function assertOwn(caller: Caller, projectId: string): void {
  if (caller.kind !== 'instance' && caller.projectId !== projectId) throw new ProjectNotFoundError(projectId);
}

function assertMayChange({ kind }: Caller, { name, archived }: UpdateProjectDto): void {
  if (kind === 'instance' || (name == null && archived == null)) return;
  throw new ForbiddenError(
    [],
    'Only the admin of the instance renames or archives a project; send settings alone.',
  );
}

/** The instance acts in this project by default, and finds it by name. */
function assertKeepsDefault(project: ProjectEntity, { name, archived }: UpdateProjectDto): void {
  if (project.name !== DEFAULT_PROJECT) return;
  const [pointer, what] = archived === true ? ['/archived', 'archived'] : ['/name', 'renamed'];
  if (archived !== true && (name == null || name === DEFAULT_PROJECT)) return;
  throw new ValidationError(`The project "${DEFAULT_PROJECT}" is where API_KEY acts; it cannot be ${what}.`, [
    { pointer, message: `cannot be changed for the project "${DEFAULT_PROJECT}"` },
  ]);
}

function toDto({ projectId, name, settings, createdAt, archivedAt }: ProjectEntity): ProjectDto {
  return {
    project_id: projectId,
    name,
    settings: readSettings(settings),
    created_at: createdAt.toISOString(),
    archived_at: archivedAt?.toISOString() ?? null,
  };
}
