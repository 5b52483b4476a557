import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { DatasetsModule } from '../datasets/index.js';
import { ExecutionsModule } from '../executions/index.js';
import { PromptsModule } from '../prompts/index.js';
import { ScorersModule } from '../scorers/index.js';
import { ExperimentsController } from './experiments.controller.js';
import { ExperimentsRepository } from './experiments.repository.js';
import { ExperimentsService } from './experiments.service.js';
import { ExperimentPinning } from './plan/experiment-pinning.js';
import { ReportsService } from './reports/reports.service.js';
import { ComparisonsService } from './results/comparisons.service.js';
import { ResultRowsRepository } from './results/result-rows.repository.js';
import { ResultsRepository } from './results/results.repository.js';
import { ResultsService } from './results/results.service.js';
import { CellExecutions } from './running/cell-executions.js';
import { CellRunner } from './running/cell-runner.js';
import { CellsRepository } from './running/cells.repository.js';
import { DrivesRepository } from './running/drives.repository.js';
import { ExperimentDrives } from './running/experiment-drive.js';
import { ExperimentRunner } from './running/experiment-runner.js';

/** Reads experiments. Change requests use it for their evidence. */
@Module({
  imports: [AuditModule],
  providers: [ComparisonsService, ExperimentsRepository, ResultsRepository],
  exports: [ComparisonsService, ExperimentsRepository, ResultsRepository],
})
export class ExperimentReadsModule {}

/** Runs experiments: in the API process unless `WORKER=off`, and in the standalone worker. */
@Module({
  imports: [AuditModule, DatasetsModule, ExecutionsModule, ScorersModule],
  providers: [
    CellExecutions,
    CellRunner,
    CellsRepository,
    DrivesRepository,
    ExperimentDrives,
    ExperimentRunner,
  ],
})
export class ExperimentsRunnerModule {}

/** Adds the controller. */
@Module({
  imports: [
    AuditModule,
    DatasetsModule,
    ExecutionsModule,
    ExperimentReadsModule,
    PromptsModule,
    ScorersModule,
  ],
  providers: [ExperimentPinning, ExperimentsService, ReportsService, ResultRowsRepository, ResultsService],
  controllers: [ExperimentsController],
})
export class ExperimentsHttpModule {}
