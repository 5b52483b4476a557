import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, UuidPipe } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import { DeliveryListDto } from './deliveries.dto.js';
import { DeliveriesService } from './deliveries.service.js';

@ApiTags('Webhooks')
@Controller('v1')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Get('executions/:execution_id/deliveries')
  @ApiParam({ name: 'execution_id', description: 'Id of the execution.' })
  @Scopes('executions:read')
  @ApiOperation({ summary: 'Read how the callback of an execution was delivered' })
  @ApiProblems(400, 404)
  listOfExecution(
    @CurrentCaller() caller: Caller,
    @Param('execution_id', UuidPipe) executionId: string,
  ): Promise<DeliveryListDto> {
    return this.deliveries.listOfExecution(caller.projectId, executionId);
  }

  @Get('batches/:batch_id/deliveries')
  @ApiParam({ name: 'batch_id', description: 'Id of the batch.' })
  @Scopes('executions:read')
  @ApiOperation({ summary: 'Read how the callback of a batch was delivered' })
  @ApiProblems(400, 404)
  listOfBatch(
    @CurrentCaller() caller: Caller,
    @Param('batch_id', UuidPipe) batchId: string,
  ): Promise<DeliveryListDto> {
    return this.deliveries.listOfBatch(caller.projectId, batchId);
  }
}
