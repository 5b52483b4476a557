import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { ApiBodyExample, ApiProblems, type RawAnswer } from '../../../infra/http/index.js';
import { DEFAULT_API_KEY } from '../../../kernel/index.js';
import { MeDto } from '../me/me.dto.js';
import { Public } from '../roles/route-access.js';
import { EndSessionService } from './end-session.service.js';
import { OpenSessionService } from './open-session.service.js';
import { OpenSessionDto } from './sessions.dto.js';

@ApiTags('Sign-in')
@Controller('auth')
export class SessionsController {
  constructor(
    private readonly opening: OpenSessionService,
    private readonly ending: EndSessionService,
  ) {}

  @Post('session')
  @ApiBodyExample({ api_key: DEFAULT_API_KEY })
  @HttpCode(200)
  @Public()
  @ApiOperation({
    summary: 'Sign in with a key',
    description:
      'Sets the cookie of a session that has the rights of the key, for browsers. It ends after 12 hours without use, after ' +
      '7 days, and within 5 seconds of the end of the key. A request with a key in a header goes by that key.',
  })
  @ApiOkResponse({ type: MeDto })
  @ApiProblems(400, 401, 403, 404)
  open(@Req() request: Request, @Body() body: OpenSessionDto): Promise<RawAnswer> {
    return this.opening.open(request, body);
  }

  @Post('logout')
  @HttpCode(204)
  @Public()
  @ApiOperation({
    summary: 'Sign out',
    description:
      'Ends the session of the cookie. It needs the header X-CSRF-Token; without a session it does nothing.',
  })
  @ApiNoContentResponse({ description: 'The session is over.' })
  @ApiProblems(403)
  end(@Req() request: Request): Promise<RawAnswer> {
    return this.ending.end(request);
  }
}
