import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { AnyQuery } from '../../infra/http/index.js';
import { Public } from '../auth/index.js';
import { HealthDto, LivenessDto, ReadinessDto } from './health.dto.js';
import { type HealthReport, HealthService } from './health.service.js';

@ApiTags('Service')
@AnyQuery()
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @ApiOperation({ summary: 'Whether the service and what it needs are up' })
  @ApiOkResponse({ type: HealthDto, description: 'It works; `degraded` when only the bell is down.' })
  @ApiServiceUnavailableResponse({ type: HealthDto, description: 'The database is down.' })
  async check(@Res({ passthrough: true }) response: Response): Promise<HealthDto> {
    return answer(response, await this.health.check());
  }

  @Get('live')
  @ApiOperation({
    summary: 'Whether the process answers',
    description: 'Looks at nothing else: restart it if this fails.',
  })
  live(): LivenessDto {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Whether requests should be sent here',
    description: 'Down while the process is leaving.',
  })
  @ApiOkResponse({ type: ReadinessDto, description: 'Send requests.' })
  @ApiServiceUnavailableResponse({ type: ReadinessDto, description: 'Send none.' })
  async ready(@Res({ passthrough: true }) response: Response): Promise<ReadinessDto> {
    return answer(response, await this.health.checkReadiness());
  }
}

/** Not problem+json, because monitors read the status code and people the body. */
function answer<Report extends HealthReport>(response: Response, report: Report): Report {
  response.status(report.status === 'down' ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.OK);
  response.setHeader('Cache-Control', 'no-store');
  return report;
}
