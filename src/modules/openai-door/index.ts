export { OpenAiDoorHttpModule } from './openai-door.module.js';
