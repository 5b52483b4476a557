import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { ApiProblems, JsonSource, pathOf, PromptNamePipe, type RawAnswer } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import { IDEMPOTENCY_HEADER, IdempotencyKey, type UsedKey } from '../executions/index.js';
import { RateLimited } from '../limits/index.js';
import { PromptNameParam } from '../prompts/index.js';
import { ExecutedPromptDto, ExecutePromptDto } from './execute-prompt.dto.js';
import { ExecutePromptService } from './execute-prompt.service.js';
import { RegisterCodeDto, RegisteredCodeDto } from './register-code.dto.js';
import { RegisterCodeService } from './register-code.service.js';

@ApiTags('Tracking')
@Controller('v1')
export class TrackingController {
  constructor(
    private readonly registrations: RegisterCodeService,
    private readonly executions: ExecutePromptService,
  ) {}

  @Post('prompts/register-code')
  @HttpCode(200)
  @Scopes('prompts:write')
  @ApiOperation({
    summary: 'Register the prompts of a code base',
    description:
      'Makes of each template the active version of its prompt: a new version, or the one that had this content before. All or nothing. Registering the same again changes nothing, so a call without an answer can be sent again.',
  })
  @ApiProblems(400, 413, 422)
  register(@CurrentCaller() caller: Caller, @Body() body: RegisterCodeDto): Promise<RegisteredCodeDto> {
    return this.registrations.register(caller, body);
  }

  @Post('prompts/:name/execute')
  @PromptNameParam()
  @HttpCode(200)
  @Scopes('executions:run')
  @RateLimited()
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiOperation({
    summary: 'Execute a prompt of code',
    description:
      'The same executions as those of `:run` and `:submit`. With `template_hash` a version that was registered runs in full mode too.',
  })
  @ApiOkResponse({ type: ExecutedPromptDto })
  @ApiAcceptedResponse({ type: ExecutedPromptDto })
  @ApiProblems(400, 404, 409, 413, 422, 429, 502, 503, 504)
  execute(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Body() body: ExecutePromptDto,
    @JsonSource('variables') variablesJson: string | null,
    @IdempotencyKey() key: UsedKey | null,
    @Req() request: Request,
  ): Promise<RawAnswer> {
    return this.executions.execute(caller, name, body, variablesJson, { path: pathOf(request), key });
  }
}
