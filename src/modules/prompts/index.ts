export { ChatMessageDto } from './prompts.dto.js';
export { PromptNotFoundError } from './errors.js';
export { PromptResolver } from './prompt-resolver.js';
export { PromptsHttpModule, PromptsModule } from './prompts.module.js';
export type { ResolvedVersion } from './prompt-versions.repository.js';
