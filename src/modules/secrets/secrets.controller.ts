import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import { ProviderIdPipe } from './provider-id.pipe.js';
import { PutSecretDto, SecretDto, SecretListDto } from './secrets.dto.js';
import { SecretsService } from './secrets.service.js';

const PROVIDER = { name: 'provider', description: 'Id of the provider.', example: 'openai' };

@ApiTags('Secrets')
@Controller('v1/secrets')
export class SecretsController {
  constructor(private readonly secrets: SecretsService) {}

  @Put(':provider')
  @ApiBodyExample({ api_key: 'sk-an-example-of-a-key' })
  @ApiParam(PROVIDER)
  @Scopes('secrets:write')
  @ApiOperation({
    summary: 'Put a provider key of the project',
    description:
      'Calls of this project use it instead of the key of the operator, within 5 seconds on every process. It is encrypted, ' +
      'and no answer shows it again.',
  })
  @ApiProblems(400, 404, 503)
  put(
    @CurrentCaller() caller: Caller,
    @Param('provider', ProviderIdPipe) provider: string,
    @Body() body: PutSecretDto,
  ): Promise<SecretDto> {
    return this.secrets.put(caller, provider, body);
  }

  @Get()
  @Scopes('secrets:write')
  @ApiOperation({ summary: 'List the provider keys of the project', description: 'Without the keys.' })
  list(@CurrentCaller() { projectId }: Caller): Promise<SecretListDto> {
    return this.secrets.list(projectId);
  }

  @Get(':provider')
  @ApiParam(PROVIDER)
  @Scopes('secrets:write')
  @ApiOperation({ summary: 'Read about a provider key of the project', description: 'Without the key.' })
  @ApiProblems(400, 404)
  get(
    @CurrentCaller() { projectId }: Caller,
    @Param('provider', ProviderIdPipe) provider: string,
  ): Promise<SecretDto> {
    return this.secrets.get(projectId, provider);
  }

  @Delete(':provider')
  @ApiParam(PROVIDER)
  @HttpCode(204)
  @Scopes('secrets:write')
  @ApiOperation({
    summary: 'Delete a provider key of the project',
    description: 'Its calls then use the key of the operator, where there is one.',
  })
  @ApiProblems(400, 404)
  delete(
    @CurrentCaller() caller: Caller,
    @Param('provider', ProviderIdPipe) provider: string,
  ): Promise<void> {
    return this.secrets.delete(caller, provider);
  }
}
