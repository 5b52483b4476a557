import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AnyQuery, ApiBodyExample, ApiProblems, JsonSource } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes, ScopesOverPrompt } from '../auth/index.js';
import { IDEMPOTENCY_HEADER, IdempotencyKey, type UsedKey } from '../executions/index.js';
import { RateLimited } from '../limits/index.js';
import { ChatCompletionRequestDto } from './requests/chat-completion-request.dto.js';
import { ChatCompletionDto } from './answers/chat-completion.dto.js';
import { ChatCompletionsService } from './chat-completions.service.js';
import { OpenAiModelDto, OpenAiModelListDto } from './models/openai-models.dto.js';
import { OpenAiModelsService } from './models/openai-models.service.js';

@ApiTags('OpenAI')
@AnyQuery()
@ApiExtraModels(ChatCompletionDto)
@Controller('openai/v1')
export class OpenAiController {
  constructor(
    private readonly completions: ChatCompletionsService,
    private readonly models: OpenAiModelsService,
  ) {}

  @Post('chat/completions')
  @ApiBodyExample({
    model: 'echo/echo',
    messages: [{ role: 'user', content: 'Say hello.' }],
    temperature: 0.2,
    stream: false,
  })
  @HttpCode(200)
  @ScopesOverPrompt('executions:run')
  @RateLimited()
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiOperation({
    summary: 'Create a chat completion',
    description:
      "OpenAI's call, with any provider's model or a prompt. It is an execution like that of `:run`, whose id `X-Execution-Id` has. What would change the answer and cannot be passed on is refused by its name; what else the provider has no field for is left out, and named in `X-Ignored-Params`.",
  })
  @ApiOkResponse({
    description: 'The completion, or its chunks.',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ChatCompletionDto) } },
      'text/event-stream': { schema: { type: 'string' } },
    },
  })
  @ApiProblems(400, 402, 404, 409, 410, 413, 422, 429, 502, 503, 504)
  createChatCompletion(
    @CurrentCaller() caller: Caller,
    @Body() body: ChatCompletionRequestDto,
    @JsonSource('prompt_variables') variablesJson: string | null,
    @IdempotencyKey() key: UsedKey | null,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.completions.create(caller, body, variablesJson, { key, request, response });
  }

  @Get('models')
  @Scopes()
  @ApiOperation({
    summary: 'List what a chat completion may name as its model',
    description:
      'Any valid key may read it. All allowed models, and the first 200 each of routes and prompts; prompts only with the scope `prompts:read`.',
  })
  listModels(@CurrentCaller() caller: Caller): Promise<OpenAiModelListDto> {
    return this.models.list(caller);
  }

  @Get('models/*model')
  @Scopes()
  @ApiParam({
    name: 'model',
    type: String,
    description: 'An id of the list; its slashes as they are, or as `%2F`.',
    example: 'openai/gpt-4o-mini',
  })
  @ApiOperation({ summary: 'Read what a chat completion may name as its model' })
  @ApiProblems(400, 404)
  getModel(
    @CurrentCaller() caller: Caller,
    @Param('model') model: string | readonly string[],
  ): Promise<OpenAiModelDto> {
    return this.models.get(caller, typeof model === 'string' ? model : model.join('/'));
  }
}
