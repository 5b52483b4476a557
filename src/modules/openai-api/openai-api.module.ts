import { Module } from '@nestjs/common';
import { registerErrorFormat } from '../../infra/http/index.js';
import { ExecutionsModule } from '../executions/index.js';
import { LimitsModule } from '../limits/index.js';
import { ModelsModule } from '../models/index.js';
import { PromptsModule } from '../prompts/index.js';
import { SecretsModule } from '../secrets/index.js';
import { ChatCompletionsService } from './chat-completions.service.js';
import { OPENAI_ERRORS } from './openai-error.js';
import { OpenAiModelsService } from './models/openai-models.service.js';
import { OpenAiController } from './openai.controller.js';

registerErrorFormat(OPENAI_ERRORS);

/** Serves the API for OpenAI's clients. */
@Module({
  imports: [ExecutionsModule, LimitsModule, ModelsModule, PromptsModule, SecretsModule],
  providers: [ChatCompletionsService, OpenAiModelsService],
  controllers: [OpenAiController],
})
export class OpenAiApiHttpModule {}
