export { PutContentExtrasDto } from './content-extras.dto.js';
export { ChatMessageDto } from './prompts.dto.js';
export { DiffService } from './diff.service.js';
export {
  EnvironmentProtectedError,
  NoActiveVersionError,
  PromptKindMismatchError,
  PromptModeMismatchError,
  PromptNotFoundError,
  TemplateHashMismatchError,
  VersionNotFoundError,
} from './errors.js';
export { PointerMover, type PointerMoveOptions, type PointerMoveOutcome } from './pointers/pointer-mover.js';
export { PromptNameParam } from './prompt-params.decorators.js';
export { PromptReads } from './prompt-reads.js';
export { PromptResolver, type RunnablePrompt } from './prompt-resolver.js';
export type { ResolvedVersion } from './prompt-versions.repository.js';
export { PromptsHttpModule, PromptsModule } from './prompts.module.js';
export { PromptsService } from './prompts.service.js';
export { DEFAULT_POINTER, REGISTRY_CHANNEL } from './prompts.repository.js';
export { RegistryWatch } from './registry-watch.js';
export { type FoundVersion, VersionLookup } from './version-lookup.js';
export type { WantedVersion } from './version-lookup.repository.js';
