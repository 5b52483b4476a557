export { ProjectsModule } from './projects.module.js';
export { DEFAULT_PROJECT, ProjectsService } from './projects.service.js';
