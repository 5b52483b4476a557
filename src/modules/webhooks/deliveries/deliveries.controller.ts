import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, UuidPipe } from '../../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../../auth/index.js';
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

  @Get('budgets/:budget_id/deliveries')
  @ApiParam({ name: 'budget_id', description: 'Id of the budget.' })
  @Scopes('analytics:read')
  @ApiOperation({ summary: 'Read how the thresholds of a budget were told' })
  @ApiProblems(400, 404)
  listOfBudget(
    @CurrentCaller() caller: Caller,
    @Param('budget_id', UuidPipe) budgetId: string,
  ): Promise<DeliveryListDto> {
    return this.deliveries.listOfBudget(caller.projectId, budgetId);
  }
}
