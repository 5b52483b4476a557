export { contentOf, type StoredContent } from './version-content.js';
export { VersionsModule } from './versions.module.js';
export { type CompilableVersion, type VersionFacts, VersionsService } from './versions.service.js';
