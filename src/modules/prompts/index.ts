export { ChatMessageDto } from './prompts.dto.js';
export { PromptNotFoundError } from './errors.js';
export { PromptReads } from './prompt-reads.js';
export { PromptResolver, type RunnablePrompt } from './prompt-resolver.js';
export { PromptsHttpModule, PromptsModule } from './prompts.module.js';
export type { ResolvedVersion } from './prompt-versions.repository.js';
