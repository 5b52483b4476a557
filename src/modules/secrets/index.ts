export { ProjectCircuits } from './project-circuits.js';
export { ProjectProviders, type ProjectProviderSet } from './project-providers.js';
export { SecretsHttpModule } from './secrets-http.module.js';
export { SecretsModule } from './secrets.module.js';
