import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems } from '../../infra/http/index.js';
import { writeJson } from '../../kernel/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import { AuditExportQueryDto, AuditListDto, AuditQueryDto } from './audit-log.dto.js';
import { AuditLogService } from './audit-log.service.js';

const JSON_LINES = 'application/x-ndjson';

@ApiTags('Audit')
@Controller('v1')
export class AuditLogController {
  constructor(private readonly log: AuditLogService) {}

  @Get('audit')
  @Scopes('audit:read')
  @ApiOperation({ summary: 'List who changed what, newest first' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: AuditQueryDto): Promise<AuditListDto> {
    return this.log.list(caller.projectId, query);
  }

  @Get('audit\\:export')
  @Scopes('audit:read')
  @ApiOperation({
    summary: 'Export who changed what, newest first',
    description:
      'JSON lines: an entry each, as the list has them. An answer that breaks off is not complete.',
  })
  @ApiOkResponse({
    description: 'A line of JSON for each entry.',
    content: { [JSON_LINES]: { schema: { type: 'string' } } },
  })
  @ApiProblems(400)
  async export(
    @CurrentCaller() caller: Caller,
    @Query() query: AuditExportQueryDto,
    @Res() response: Response,
  ): Promise<void> {
    const batches = this.log.export(caller.projectId, query);
    // Read the first entry before sending the headers, so that a failure until then becomes a problem document.
    const first = await batches.next();
    response.type(`${JSON_LINES}; charset=utf-8`);
    response.setHeader('Content-Disposition', 'attachment; filename="audit.jsonl"');
    await pipeline(Readable.from(jsonLines(first, batches)), response).catch(() => {
      // The reader has left, or a batch could not be read. Break the connection, because the headers are already sent.
      response.destroy();
    });
  }
}

async function* jsonLines(
  first: IteratorResult<object[], unknown>,
  batches: AsyncGenerator<object[]>,
): AsyncGenerator<string> {
  for (let batch = first; batch.done !== true; batch = await batches.next()) {
    yield batch.value.map((entry) => `${writeJson(entry)}\n`).join('');
  }
}
