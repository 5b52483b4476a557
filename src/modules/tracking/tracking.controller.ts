import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import { RegisterCodeDto, RegisteredCodeDto } from './register-code.dto.js';
import { RegisterCodeService } from './register-code.service.js';

@ApiTags('Tracking')
@Controller('v1')
export class TrackingController {
  constructor(private readonly registrations: RegisterCodeService) {}

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
}
