import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type {
  CreatedKey,
  CreateKeyRequest,
  CreateProjectRequest,
  PageQuery,
  Project,
  ProjectList,
  UpdateProjectRequest,
} from '../../wire/index.js';

/** The tenants. Most of it is for the admin of the instance. */
export class ProjectsResource {
  constructor(private readonly transport: Transport) {}

  create(request: Sent<CreateProjectRequest>, options?: CallOptions): ApiPromise<Project> {
    return this.transport.post('/v1/projects', request, options);
  }

  /** The oldest first; `await` for the first page, `for await` for all. */
  list(query: Sent<PageQuery> = {}, options?: CallOptions): Pages<Project, ProjectList> {
    return this.transport.pages('/v1/projects', 'projects', query, options);
  }

  get(projectId: string, options?: CallOptions): ApiPromise<Project> {
    return this.transport.get(path`/v1/projects/${projectId}`, undefined, options);
  }

  update(projectId: string, request: Sent<UpdateProjectRequest>, options?: CallOptions): ApiPromise<Project> {
    return this.transport.patch(path`/v1/projects/${projectId}`, request, options);
  }

  /** A key of that project, such as its first one; the key itself is in this answer and in no other. */
  createKey(
    projectId: string,
    request: Sent<CreateKeyRequest>,
    options?: CallOptions,
  ): ApiPromise<CreatedKey> {
    return this.transport.post(path`/v1/projects/${projectId}/keys`, request, options);
  }
}
