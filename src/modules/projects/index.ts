export { ProjectNotFoundError } from './errors.js';
export { findMaskProblem, MaskRules } from './mask-rules.js';
export { ProjectPolicies, type ProjectPolicy } from './project-policies.js';
export { ProjectsModule } from './projects.module.js';
export type { ProjectRef } from './projects.repository.js';
export { DEFAULT_PROJECT, ProjectsService } from './projects.service.js';
