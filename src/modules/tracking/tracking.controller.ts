import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import {
  ApiBodyExample,
  ApiProblems,
  JsonSource,
  getPath,
  PromptNamePipe,
  type RawAnswer,
} from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes, ScopesOverPrompt } from '../auth/index.js';
import { IDEMPOTENCY_HEADER, IdempotencyKey, type UsedKey } from '../executions/index.js';
import { RateLimited } from '../limits/index.js';
import { PromptNameParam } from '../prompts/index.js';
import { ExecutedPromptDto, ExecutePromptDto } from './execute/execute-prompt.dto.js';
import { ExecutePromptService } from './execute/execute-prompt.service.js';
import { HistoryQueryDto, PromptHistoryDto } from './history.dto.js';
import { HistoryService } from './history.service.js';
import { MigratedPromptsDto, MigratePromptsDto } from './migrate/migrate-prompts.dto.js';
import { MigratePromptsService } from './migrate/migrate-prompts.service.js';
import { RegisterCodeDto, RegisteredCodeDto } from './register/register-code.dto.js';
import { RegisterCodeService } from './register/register-code.service.js';
import { RetiredPromptsDto, RetirePromptsDto } from './register/retire-prompts.dto.js';
import { RetirePromptsService } from './register/retire-prompts.service.js';

@ApiTags('Tracking')
@Controller('v1')
export class TrackingController {
  constructor(
    private readonly registrations: RegisterCodeService,
    private readonly executions: ExecutePromptService,
    private readonly histories: HistoryService,
    private readonly migrations: MigratePromptsService,
    private readonly retirements: RetirePromptsService,
  ) {}

  @Post('prompts/register-code')
  @ApiBodyExample({
    prompts: [
      {
        name: 'WELCOME',
        template_source: 'Hello {{name}}, welcome to {{app}}!',
        source: { file: 'src/prompts.ts', line: 12 },
      },
    ],
    git: {
      commit: '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
      branch: 'main',
      repository: 'acme/app',
      dirty: false,
    },
    dry_run: false,
  })
  @HttpCode(200)
  @ScopesOverPrompt('prompts:write')
  @ApiOperation({
    summary: 'Register the prompts of a code base',
    description:
      'Makes of each template the active version of its prompt, or the one of `environment`: a new version, or the one that had this content before. All or nothing. Registering the same again changes nothing, so a call without an answer can be sent again.',
  })
  @ApiProblems(400, 409, 413, 422)
  register(@CurrentCaller() caller: Caller, @Body() body: RegisterCodeDto): Promise<RegisteredCodeDto> {
    return this.registrations.register(caller, body);
  }

  @Post('prompts/:name/execute')
  @ApiBodyExample({
    variables: { name: 'John', app: 'MyApp' },
    provider: 'echo',
    model_name: 'echo',
    mode: 'sync',
    environment: 'dev',
    correlation_id: 'order-4711',
  })
  @PromptNameParam('WELCOME')
  @HttpCode(200)
  @ScopesOverPrompt('executions:run')
  @RateLimited()
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiOperation({
    summary: 'Execute a prompt of code',
    description:
      'The same executions as those of `:run` and `:submit`. With `template_hash` a version that was registered runs in full mode too.',
  })
  @ApiOkResponse({ type: ExecutedPromptDto })
  @ApiAcceptedResponse({ type: ExecutedPromptDto })
  @ApiProblems(400, 402, 404, 409, 410, 413, 422, 429, 502, 503, 504)
  execute(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Body() body: ExecutePromptDto,
    @JsonSource('variables') variablesJson: string | null,
    @IdempotencyKey() key: UsedKey | null,
    @Req() request: Request,
  ): Promise<RawAnswer> {
    return this.executions.execute(caller, name, body, variablesJson, { path: getPath(request), key });
  }

  @Get('prompts/:name/history')
  @PromptNameParam()
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'Read the versions of a prompt with their place in code, newest first' })
  @ApiProblems(400, 404)
  history(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    // Declared for its validation alone.
    @Query() _query: HistoryQueryDto,
  ): Promise<PromptHistoryDto> {
    return this.histories.get(caller.projectId, name);
  }

  @Post('prompts\\:migrate-to-full')
  @ApiBodyExample({ prompts: [{ name: 'WELCOME' }] })
  @HttpCode(200)
  @ScopesOverPrompt('prompts:write')
  @ApiOperation({
    summary: 'Move prompts of code to full mode',
    description:
      'From then on they are changed here, with `PUT`. Versions, numbers and executions stay; code that executes them by `template_hash` goes on working. All or nothing.',
  })
  @ApiProblems(400, 404, 409, 413, 422)
  migrate(@CurrentCaller() caller: Caller, @Body() body: MigratePromptsDto): Promise<MigratedPromptsDto> {
    return this.migrations.migrate(caller, body);
  }

  @Post('prompts\\:retire')
  @ApiBodyExample({ prompts: [{ name: 'WELCOME' }] })
  @HttpCode(200)
  @ScopesOverPrompt('prompts:write')
  @ApiOperation({
    summary: 'Retire prompts that the code has no more',
    description:
      'Marks them with `retired_at`. Versions, history and executions stay, and code that still has one can go on executing it; registering it again brings it back. All or nothing; what is retired already stays so.',
  })
  @ApiProblems(400, 404, 409, 413)
  retire(@CurrentCaller() caller: Caller, @Body() body: RetirePromptsDto): Promise<RetiredPromptsDto> {
    return this.retirements.retire(caller, body);
  }
}
