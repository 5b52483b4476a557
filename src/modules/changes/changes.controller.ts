import { applyDecorators, Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, OptionalBody, UuidPipe } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes, ScopesOverPrompt } from '../auth/index.js';
import { ApplyChangeService } from './apply-change.service.js';
import { ChangeReviewsService } from './reviews/change-reviews.service.js';
import {
  ApplyChangeDto,
  ChangeDto,
  ChangeListDto,
  ListChangesQueryDto,
  OpenChangeDto,
  ReviewChangeDto,
} from './changes.dto.js';
import { ChangesService } from './changes.service.js';
import { OpenChangeService } from './open-change.service.js';

const ChangeIdParam = () => ApiParam({ name: 'change_id', description: 'Id of the change.' });

/** The decorators shared by all routes that decide on a change. */
const Decision = (body: typeof ReviewChangeDto) =>
  applyDecorators(ChangeIdParam(), ApiBody({ type: body, required: false }), ApiProblems(400, 404, 409));

@ApiTags('Changes')
@Controller('v1/changes')
export class ChangesController {
  constructor(
    private readonly changes: ChangesService,
    private readonly opening: OpenChangeService,
    private readonly reviews: ChangeReviewsService,
    private readonly applying: ApplyChangeService,
  ) {}

  @Post()
  @ApiBodyExample({
    prompt_name: 'doc_summarizer',
    environment: 'prod',
    version_number: 1,
    reason: 'Shorter answers, as agreed with support',
  })
  @ScopesOverPrompt('changes:write')
  @ApiOperation({
    summary: 'Ask for another version in a protected environment',
    description: 'Approvals are bound to how things are now: to the pointer, the content and the rules.',
  })
  @ApiProblems(400, 404, 409)
  async open(@CurrentCaller() caller: Caller, @Body() body: OpenChangeDto): Promise<ChangeDto> {
    return this.changes.get(caller.projectId, await this.opening.open(caller, body));
  }

  @Get()
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'List the changes, newest first' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: ListChangesQueryDto): Promise<ChangeListDto> {
    return this.changes.list(caller.projectId, query);
  }

  @Get(':change_id')
  @ChangeIdParam()
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'Read a change, with what it changes and for whom' })
  @ApiProblems(400, 404)
  get(@CurrentCaller() caller: Caller, @Param('change_id', UuidPipe) changeId: string): Promise<ChangeDto> {
    return this.changes.get(caller.projectId, changeId);
  }

  @Post(':change_id\\:approve')
  @ApiBodyExample({ comment: 'Read it, looks good' })
  @Decision(ReviewChangeDto)
  @HttpCode(200)
  @ScopesOverPrompt('changes:approve')
  @ApiOperation({
    summary: 'Approve a change',
    description: 'Of one that was applied in an emergency it closes the review.',
  })
  async approve(
    @CurrentCaller() caller: Caller,
    @Param('change_id', UuidPipe) changeId: string,
    @OptionalBody(ReviewChangeDto) body: ReviewChangeDto,
  ): Promise<ChangeDto> {
    await this.reviews.approve(caller, changeId, body.comment ?? null);
    return this.changes.get(caller.projectId, changeId);
  }

  @Post(':change_id\\:reject')
  @ApiBodyExample({ comment: 'It drops the greeting' })
  @Decision(ReviewChangeDto)
  @HttpCode(200)
  @ScopesOverPrompt('changes:approve')
  @ApiOperation({ summary: 'Reject a change' })
  async reject(
    @CurrentCaller() caller: Caller,
    @Param('change_id', UuidPipe) changeId: string,
    @OptionalBody(ReviewChangeDto) body: ReviewChangeDto,
  ): Promise<ChangeDto> {
    await this.reviews.reject(caller, changeId, body.comment ?? null);
    return this.changes.get(caller.projectId, changeId);
  }

  @Post(':change_id\\:withdraw')
  @ApiBodyExample({ comment: 'There is a better one' })
  @Decision(ReviewChangeDto)
  @HttpCode(200)
  @ScopesOverPrompt('changes:write')
  @ApiOperation({ summary: 'Withdraw a change', description: 'For whoever opened it.' })
  async withdraw(
    @CurrentCaller() caller: Caller,
    @Param('change_id', UuidPipe) changeId: string,
    @OptionalBody(ReviewChangeDto) body: ReviewChangeDto,
  ): Promise<ChangeDto> {
    await this.reviews.withdraw(caller, changeId, body.comment ?? null);
    return this.changes.get(caller.projectId, changeId);
  }

  @Post(':change_id\\:apply')
  @ApiBodyExample({ comment: 'Rolled out with the release' })
  @Decision(ApplyChangeDto)
  @HttpCode(200)
  @ScopesOverPrompt('changes:write')
  @ApiOperation({
    summary: 'Apply a change',
    description:
      'For whoever opened it and for approvers. Approvals are counted now. With `emergency` an admin applies it past them.',
  })
  async apply(
    @CurrentCaller() caller: Caller,
    @Param('change_id', UuidPipe) changeId: string,
    @OptionalBody(ApplyChangeDto) body: ApplyChangeDto,
  ): Promise<ChangeDto> {
    await this.applying.apply(caller, changeId, body);
    return this.changes.get(caller.projectId, changeId);
  }
}
