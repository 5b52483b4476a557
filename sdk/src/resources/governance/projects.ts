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

/** The tenants. Most methods are for the instance's admin. */
export class ProjectsResource {
  constructor(private readonly transport: Transport) {}

  create(request: Sent<CreateProjectRequest>, options?: CallOptions): ApiPromise<Project> {
    return this.transport.post('/v1/projects', request, options);
  }

  /** Oldest first. `await` gives the first page, `for await` all items. */
  list(query: Sent<PageQuery> = {}, options?: CallOptions): Pages<Project, ProjectList> {
    return this.transport.pages('/v1/projects', 'projects', query, options);
  }

  get(projectId: string, options?: CallOptions): ApiPromise<Project> {
    return this.transport.get(path`/v1/projects/${projectId}`, undefined, options);
  }

  update(projectId: string, request: Sent<UpdateProjectRequest>, options?: CallOptions): ApiPromise<Project> {
    return this.transport.patch(path`/v1/projects/${projectId}`, request, options);
  }

  /** Creates a key of that project, such as its first. Only this answer contains the key itself. */
  createKey(
    projectId: string,
    request: Sent<CreateKeyRequest>,
    options?: CallOptions,
  ): ApiPromise<CreatedKey> {
    return this.transport.post(path`/v1/projects/${projectId}/keys`, request, options);
  }
}
