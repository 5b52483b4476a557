import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentCaller } from '../caller.js';
import { MeDto } from './me.dto.js';
import { MeService } from './me.service.js';
import { Scopes } from '../roles/route-access.js';

@ApiTags('Me')
@Controller('v1/me')
export class MeController {
  constructor(private readonly me: MeService) {}

  @Get()
  @Scopes()
  @ApiOperation({ summary: 'Say who you are', description: 'Any valid key may ask.' })
  get(@CurrentCaller() caller: Caller): Promise<MeDto> {
    return this.me.describe(caller);
  }
}
