export { ContentExtrasDto, PutContentExtrasDto, ResponseFormatDto } from './content-extras.dto.js';
export {
  ChatMessageDto,
  PromptRefDto,
  SchemaWarningDto,
  UnsavedContentDto,
  VersionRefDto,
} from './prompts.dto.js';
export { DiffService } from './diff/diff.service.js';
export {
  EnvironmentProtectedError,
  NoActiveVersionError,
  PromptKindMismatchError,
  PromptModeMismatchError,
  PromptNotFoundError,
  TemplateHashMismatchError,
  VersionNotFoundError,
} from './errors.js';
export { ApprovedVersionsRepository } from './pointers/approved-versions.repository.js';
export { BareCalls } from './pointers/bare-calls.js';
export { EnvironmentRulesRepository } from './pointers/environment-rules.repository.js';
export type { HeldPointer } from './pointers/held-pointers.repository.js';
export { type NamedPointer, PointerKeeper } from './pointers/pointer-keeper.js';
export { PointerMover, type PointerMoveOptions, type PointerMoveOutcome } from './pointers/pointer-mover.js';
export { findContentWarnings } from './find-content-warnings.js';
export { PromptNameParam } from './prompt-params.decorators.js';
export { PromptList } from './reads/prompt-list.js';
export { PromptReads } from './reads/prompt-reads.js';
export { PromptTeams } from './reads/prompt-teams.js';
export { PromptResolver, type ResolvedBy, type RunInEnvironment } from './reads/prompt-resolver.js';
export type { PinnedVersion, ResolvedVersion } from './prompt-versions.repository.js';
export { PromptsHttpModule, PromptsModule } from './prompts.module.js';
export { PromptsService } from './prompts.service.js';
export { REGISTRY_CHANNEL } from './prompts.repository.js';
export { DEFAULT_POINTER } from './default-pointer.js';
export { type AssignedArm, assignUnit, type RunningRollout } from './pointers/running-rollouts.js';
export { type RegistryOutcome, RegistryTransactions } from './registry/registry-transactions.js';
export { RegistryWatch } from './registry/registry-watch.js';
export { type UnsavedContent, UnsavedContents } from './contents/unsaved-contents.js';
export { type FoundVersion, VersionLookup } from './reads/version-lookup.js';
export { VersionReads } from './reads/version-reads.js';
export type { WantedVersion } from './reads/version-lookup.repository.js';
