import { Controller, Get, HttpCode, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { AnyQuery, ApiProblems, type RawAnswer } from '../../infra/http/index.js';
import { Public } from '../auth/index.js';
import { LoginQueryDto } from './sign-in.dto.js';
import { SignInService } from './sign-in.service.js';

const LOCATION = {
  Location: { description: 'Where the browser goes.', schema: { type: 'string', format: 'uri' } },
} as const;

@ApiTags('Sign-in')
@Controller('auth')
export class SignInController {
  constructor(private readonly signIn: SignInService) {}

  @Get('login')
  @HttpCode(303)
  @Public()
  @ApiOperation({
    summary: 'Sign in with the identity provider',
    description: 'For browsers: leads to the page of the provider, which leads back to `/auth/callback`.',
  })
  @ApiResponse({ status: 303, description: 'To the identity provider.', headers: LOCATION })
  @ApiProblems(400, 403, 404, 503)
  begin(@Req() request: Request, @Query() query: LoginQueryDto): Promise<RawAnswer> {
    return this.signIn.begin(request, query);
  }

  @Get('callback')
  @AnyQuery()
  @HttpCode(303)
  @Public()
  @ApiOperation({
    summary: 'Come back from the identity provider',
    description:
      'Sets the cookie of a new session and leads to `return_to`. Only the provider calls it, with `code` and `state`.',
  })
  @ApiResponse({ status: 303, description: 'To `return_to`.', headers: LOCATION })
  @ApiProblems(401, 403, 404, 503)
  finish(@Req() request: Request): Promise<RawAnswer> {
    return this.signIn.finish(request);
  }
}
