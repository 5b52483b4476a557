import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { ApiBodyExample, ApiProblems, getJsonText, UuidPipe } from '../../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../../auth/index.js';
import { PriceImportService } from './imports/price-import.service.js';
import {
  CreatePriceDto,
  ImportedPricesDto,
  ImportPricesDto,
  ListPricesQueryDto,
  PriceDto,
  PriceListDto,
  PutPriceDto,
} from './prices.dto.js';
import { PricesService } from './prices.service.js';

const PRICE_ID = { name: 'price_id', description: 'Id of the price.' };

@ApiTags('Prices')
@Controller('v1')
export class PricesController {
  constructor(
    private readonly prices: PricesService,
    private readonly imports: PriceImportService,
  ) {}

  @Post('prices')
  @ApiBodyExample({
    provider: 'openai',
    model_name: 'gpt-4o-mini',
    input_usd_per_mtok: '0.15',
    cached_input_usd_per_mtok: '0.075',
    output_usd_per_mtok: '0.6',
    valid_from: '2026-08-01T00:00:00Z',
    source: 'OpenAI, API pricing page, as of 2026-08-01',
  })
  @Scopes('models:write')
  @ApiOperation({
    summary: 'Say what a model costs',
    description: 'Of the prices of a model that are valid at a time, the one that began last counts.',
  })
  @ApiProblems(400, 409)
  create(@CurrentCaller() caller: Caller, @Body() body: CreatePriceDto): Promise<PriceDto> {
    return this.prices.create(caller, body);
  }

  @Post('prices\\:import')
  @ApiBodyExample({
    format: 'litellm',
    prices: {
      'gpt-4o-mini': {
        litellm_provider: 'openai',
        mode: 'chat',
        input_cost_per_token: 1.5e-7,
        output_cost_per_token: 6e-7,
      },
    },
  })
  @HttpCode(200)
  @Scopes('models:write')
  @ApiOperation({
    summary: 'Take prices from a file',
    description:
      'All that can be taken, in one transaction. Again: the same. A price that has changed ends when the new one begins.',
  })
  @ApiOkResponse({ type: ImportedPricesDto })
  @ApiProblems(400, 413)
  import(
    @CurrentCaller() caller: Caller,
    @Body() body: ImportPricesDto,
    @Req() request: Request,
  ): Promise<ImportedPricesDto> {
    const text = getJsonText(request);
    return this.imports.import(
      caller,
      body,
      (name, field) => text?.findSource('prices', name, field) ?? null,
    );
  }

  @Get('prices')
  @Scopes('analytics:read')
  @ApiOperation({ summary: 'List prices' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: ListPricesQueryDto): Promise<PriceListDto> {
    return this.prices.list(caller.projectId, query);
  }

  @Get('prices/:price_id')
  @ApiParam(PRICE_ID)
  @Scopes('analytics:read')
  @ApiOperation({ summary: 'Read a price' })
  @ApiProblems(400, 404)
  get(@CurrentCaller() caller: Caller, @Param('price_id', UuidPipe) priceId: string): Promise<PriceDto> {
    return this.prices.get(caller.projectId, priceId);
  }

  @Put('prices/:price_id')
  @ApiBodyExample({ valid_to: '2099-01-01T00:00:00Z' })
  @ApiParam(PRICE_ID)
  @Scopes('models:write')
  @ApiOperation({
    summary: 'End a price, or say where it comes from',
    description: 'Its figures never change: executions point to them. Another price is a new one.',
  })
  @ApiProblems(400, 404)
  put(
    @CurrentCaller() caller: Caller,
    @Param('price_id', UuidPipe) priceId: string,
    @Body() body: PutPriceDto,
  ): Promise<PriceDto> {
    return this.prices.put(caller, priceId, body);
  }

  @Delete('prices/:price_id')
  @ApiParam(PRICE_ID)
  @HttpCode(204)
  @Scopes('models:write')
  @ApiOperation({ summary: 'Take back a price that was a mistake' })
  @ApiProblems(400, 404)
  delete(@CurrentCaller() caller: Caller, @Param('price_id', UuidPipe) priceId: string): Promise<void> {
    return this.prices.delete(caller, priceId);
  }
}
