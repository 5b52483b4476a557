export { ModelNotFoundError } from './errors.js';
export { ModelsHttpModule, ModelsModule } from './models.module.js';
export { type AllowedModel, ModelsService } from './models.service.js';
