export { OpenAiApiHttpModule } from './openai-api.module.js';
