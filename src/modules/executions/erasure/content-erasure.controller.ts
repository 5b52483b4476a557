import { Controller, Delete, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, UuidPipe } from '../../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../../auth/index.js';
import { ContentErasureService } from './content-erasure.service.js';

@ApiTags('Executions')
@Controller('v1')
export class ContentErasureController {
  constructor(private readonly contents: ContentErasureService) {}

  @Delete('executions/:execution_id/content')
  @HttpCode(204)
  @ApiParam({ name: 'execution_id', description: 'Id of the execution.' })
  @Scopes('content:erase')
  @ApiOperation({
    summary: 'Erase the content of an execution',
    description:
      'For ever: variables, prompt, answers, calls of tools, metadata, texts of errors, the stored answer of its ' +
      'Idempotency-Key and its place in the response cache. Facts, costs and counts stay, and `content_erased_at` says when. ' +
      'Its Idempotency-Key answers `CONTENT_ERASED` from then on. Erasing again erases what was written about it since.',
  })
  @ApiNoContentResponse({ description: 'Nothing of it is left.' })
  @ApiProblems(400, 404, 409)
  erase(
    @CurrentCaller() caller: Caller,
    @Param('execution_id', UuidPipe) executionId: string,
  ): Promise<void> {
    return this.contents.erase(caller, executionId);
  }
}
