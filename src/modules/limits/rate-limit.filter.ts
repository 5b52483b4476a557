import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { writeProblem } from '../../infra/http/index.js';
import type { AuthenticatedRequest } from '../auth/index.js';
import { RateLimits } from './rate-limits.js';

/** Adds the headers to problems too, wherever in the route they arise, such as for invalid JSON or an unknown prompt. */
@Catch()
export class RateLimitFilter implements ExceptionFilter {
  constructor(private readonly limits: RateLimits) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const response = http.getResponse<Response>();
    // A request without a valid key has no limits to report.
    const headers = request.caller === undefined ? {} : await this.limits.headersFor(request.caller);
    if (!response.headersSent) response.set(headers);
    writeProblem(request, response, thrown);
  }
}
