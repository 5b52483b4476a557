import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import { ModelNamePipe, ProviderIdPipe } from './model-param.pipes.js';
import { ModelDto, ModelListDto, PutModelDto } from './models.dto.js';
import { ModelsService } from './models.service.js';

@ApiTags('Models')
@Controller('v1/models')
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Get()
  @Scopes()
  @ApiOperation({ summary: 'List the allowed models', description: 'Any valid key may read it.' })
  list(@CurrentCaller() caller: Caller): Promise<ModelListDto> {
    return this.models.list(caller.projectId);
  }

  @Put(':provider/:model_name')
  @ApiBodyExample({ max_tokens: 16_384, supports_streaming: true })
  @ApiParam({ name: 'provider', description: 'Id of the provider.', example: 'openai' })
  @ApiParam({ name: 'model_name', description: "The provider's name for the model.", example: 'gpt-4o-mini' })
  @Scopes('models:write')
  @ApiOperation({ summary: 'Allow a model', description: 'A slash in the name is sent as `%2F`.' })
  @ApiProblems(400)
  put(
    @CurrentCaller() caller: Caller,
    @Param('provider', ProviderIdPipe) provider: string,
    @Param('model_name', ModelNamePipe) modelName: string,
    @Body() body: PutModelDto,
  ): Promise<ModelDto> {
    return this.models.put(caller, provider, modelName, body);
  }

  @Delete(':provider/:model_name')
  @ApiParam({ name: 'provider', description: 'Id of the provider.', example: 'openai' })
  @ApiParam({ name: 'model_name', description: "The provider's name for the model.", example: 'gpt-4o-mini' })
  @HttpCode(204)
  @Scopes('models:write')
  @ApiOperation({
    summary: 'Take a model off the list',
    description:
      'New executions of it are refused, at once by this process and within 4 seconds by others; those that were accepted are still run. Its executions, prices and counts stay, and `PUT` allows it again.',
  })
  @ApiProblems(400, 404, 409)
  delete(
    @CurrentCaller() caller: Caller,
    @Param('provider', ProviderIdPipe) provider: string,
    @Param('model_name', ModelNamePipe) modelName: string,
  ): Promise<void> {
    return this.models.delete(caller, provider, modelName);
  }
}
