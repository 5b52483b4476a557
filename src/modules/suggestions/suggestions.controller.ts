import { applyDecorators, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, OptionalBody, PromptNamePipe } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes, ScopesOverPrompt } from '../auth/index.js';
import { PromptNameParam } from '../prompts/index.js';
import { SuggestionIdPipe } from './suggestion-id.pipe.js';
import {
  AppliedSuggestionDto,
  ApplySuggestionDto,
  DismissSuggestionDto,
  ListSuggestionsQueryDto,
  SuggestionDto,
  SuggestionListDto,
} from './suggestions.dto.js';
import { SuggestionsService } from './suggestions.service.js';

/** The decorators shared by all routes that decide on a suggestion. */
const Decision = () =>
  applyDecorators(
    PromptNameParam(),
    ApiParam({ name: 'suggestion_id', description: 'Id of the suggestion.' }),
    ScopesOverPrompt('prompts:write'),
  );

@ApiTags('Suggestions')
@Controller('v1/prompts/:name/suggestions')
export class SuggestionsController {
  constructor(private readonly suggestions: SuggestionsService) {}

  @Get()
  @PromptNameParam()
  @Scopes('prompts:read')
  @ApiOperation({
    summary: 'List what to change about a version, and why',
    description:
      'Found anew with each request, in the version itself and in its newest executions of 30 days. Callers without `executions:read` are not shown what quotes those.',
  })
  @ApiProblems(400, 404)
  list(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Query() query: ListSuggestionsQueryDto,
  ): Promise<SuggestionListDto> {
    return this.suggestions.list(caller, name, query);
  }

  @Post(':suggestion_id\\:dismiss')
  @HttpCode(200)
  @Decision()
  @ApiBody({ type: DismissSuggestionDto, required: false })
  @ApiBodyExample({ reason: 'The customer is trusted' })
  @ApiOperation({
    summary: 'Dismiss a suggestion',
    description: 'It is listed with `?include=dismissed` only, until it is restored.',
  })
  @ApiProblems(400, 404)
  dismiss(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Param('suggestion_id', SuggestionIdPipe) suggestionId: string,
    @OptionalBody(DismissSuggestionDto) body: DismissSuggestionDto,
  ): Promise<SuggestionDto> {
    return this.suggestions.dismiss(caller, name, suggestionId, body.reason ?? null);
  }

  @Post(':suggestion_id\\:restore')
  @HttpCode(200)
  @Decision()
  @ApiOperation({ summary: 'List a suggestion again that was dismissed' })
  @ApiProblems(400, 404)
  restore(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Param('suggestion_id', SuggestionIdPipe) suggestionId: string,
  ): Promise<SuggestionDto> {
    return this.suggestions.restore(caller, name, suggestionId);
  }

  @Post(':suggestion_id\\:apply')
  @HttpCode(200)
  @Decision()
  @ApiBody({ type: ApplySuggestionDto, required: false })
  @ApiBodyExample({ commit_message: "Mark the customer's text as data" })
  @ApiOperation({
    summary: 'Make a draft with the patch of a suggestion',
    description: 'No pointer is moved. Refused where the prompt has a newer version, or there is no patch.',
  })
  @ApiProblems(400, 404, 409, 422)
  apply(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Param('suggestion_id', SuggestionIdPipe) suggestionId: string,
    @OptionalBody(ApplySuggestionDto) body: ApplySuggestionDto,
  ): Promise<AppliedSuggestionDto> {
    return this.suggestions.apply(caller, name, suggestionId, body);
  }
}
