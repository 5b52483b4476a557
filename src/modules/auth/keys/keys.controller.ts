import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, OptionalBody, UuidPipe } from '../../../infra/http/index.js';
import { type Caller, CurrentCaller } from '../caller.js';
import { ChangeKeyDto, CreatedKeyDto, CreateKeyDto, KeyDto, KeyListDto, RotateKeyDto } from './keys.dto.js';
import { KeysService } from './keys.service.js';
import { Scopes } from '../roles/route-access.js';

@ApiTags('Keys')
@Controller('v1/keys')
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  @Post()
  @ApiBodyExample({
    name: 'checkout-service',
    scopes: ['prompts:read', 'executions:run'],
    expires_at: '2099-12-31T23:59:59Z',
    rate_limits: { requests_per_minute: 100, tokens_per_minute: 50_000 },
  })
  @Scopes('keys:write')
  @ApiOperation({ summary: 'Make a key', description: 'The key is shown in this answer and never again.' })
  @ApiProblems(400, 404)
  create(@CurrentCaller() caller: Caller, @Body() body: CreateKeyDto): Promise<CreatedKeyDto> {
    return this.keys.create(caller, body);
  }

  @Get()
  @Scopes('keys:write')
  @ApiOperation({ summary: 'List the keys of the project' })
  list(@CurrentCaller() caller: Caller): Promise<KeyListDto> {
    return this.keys.list(caller);
  }

  @Patch(':key_id')
  @ApiBodyExample({ rate_limits: { requests_per_minute: 100, tokens_per_minute: 50_000 } })
  @ApiParam({ name: 'key_id', description: 'Id of the key.' })
  @Scopes('keys:write')
  @ApiOperation({
    summary: 'Change the rate limits of a key',
    description: 'They hold within 5 seconds on every process.',
  })
  @ApiProblems(400, 404)
  change(
    @CurrentCaller() caller: Caller,
    @Param('key_id', UuidPipe) keyId: string,
    @Body() body: ChangeKeyDto,
  ): Promise<KeyDto> {
    return this.keys.change(caller, keyId, body);
  }

  @Post(':key_id\\:rotate')
  @ApiBody({ type: RotateKeyDto, required: false })
  @ApiBodyExample({ overlap_s: 86_400 })
  @ApiParam({ name: 'key_id', description: 'Id of the key.' })
  @HttpCode(200)
  @Scopes('keys:write')
  @ApiOperation({
    summary: 'Give a key a new secret',
    description:
      'The key with its new secret is shown in this answer and never again; id, rights and limits stay. ' +
      'The present secret works until the overlap ends; older ones stop at once.',
  })
  @ApiProblems(400, 404, 409)
  rotate(
    @CurrentCaller() caller: Caller,
    @Param('key_id', UuidPipe) keyId: string,
    @OptionalBody(RotateKeyDto) body: RotateKeyDto,
  ): Promise<CreatedKeyDto> {
    return this.keys.rotate(caller, keyId, body);
  }

  @Delete(':key_id')
  @ApiParam({ name: 'key_id', description: 'Id of the key.' })
  @HttpCode(204)
  @Scopes('keys:write')
  @ApiOperation({ summary: 'Revoke a key', description: 'It is refused within 5 seconds on every process.' })
  @ApiProblems(400, 404)
  revoke(@CurrentCaller() caller: Caller, @Param('key_id', UuidPipe) keyId: string): Promise<void> {
    return this.keys.revoke(caller, keyId);
  }
}
