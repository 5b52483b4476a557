export { MAX_INT } from './prompts.dto.js';
export { ChatMessageDto } from './prompts.dto.js';
export { PromptNotFoundError } from './errors.js';
export { PromptResolver, type RunnablePrompt } from './prompt-resolver.js';
export { PromptsHttpModule, PromptsModule } from './prompts.module.js';
export type { ResolvedVersion } from './prompt-versions.repository.js';
