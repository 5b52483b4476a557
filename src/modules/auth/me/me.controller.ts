import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentSelf, type Self } from '../caller.js';
import { MeDto } from './me.dto.js';
import { MeService } from './me.service.js';
import { SignedIn } from '../roles/route-access.js';

@ApiTags('Me')
@Controller('v1/me')
export class MeController {
  constructor(private readonly me: MeService) {}

  @Get()
  @SignedIn()
  @ApiOperation({ summary: 'Say who you are', description: 'Any valid key or session may ask.' })
  get(@CurrentSelf() { caller, session }: Self): Promise<MeDto> {
    return this.me.describe(caller, session);
  }
}
