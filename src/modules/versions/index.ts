export { toProviderExtras, type ProviderExtras } from './provider-extras.js';
export { withoutCheck } from './checked-prompt.js';
export { VariablesInvalidError, VersionNotFoundError } from './errors.js';
export { RegistrationDto } from './registration.dto.js';
export { isNewRegistration, type RegistrationFacts, toRegistration } from './registration.js';
export { toContent, type StoredContent } from './version-content.js';
export { VersionsModule } from './versions.module.js';
export type { PromptKey } from './versions.repository.js';
export { type VersionContent, type VersionFacts, VersionsService } from './versions.service.js';
