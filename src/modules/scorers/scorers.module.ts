import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { ExecutionsModule } from '../executions/index.js';
import { ModelsModule } from '../models/index.js';
import { PromptsModule } from '../prompts/index.js';
import { DefinitionChecker } from './definitions/definition-checker.js';
import { JudgeCalls } from './judges/judge-calls.js';
import { SandboxThreads } from './sandbox/sandbox-threads.js';
import { ScorerCatalogue } from './scorer-catalogue.js';
import { ScorersController } from './scorers.controller.js';
import { ScorersRepository } from './scorers.repository.js';
import { ScorersService } from './scorers.service.js';
import { PostScoreService } from './scores/post-score.service.js';
import { ScoreExecutionService } from './scores/score-execution.service.js';
import { ScoreLog } from './scores/score-log.js';
import { ScoresController } from './scores/scores.controller.js';
import { ScoresRepository } from './scores/scores.repository.js';
import { ScoresService } from './scores/scores.service.js';
import { ScoringService } from './scoring/scoring.service.js';

/** Scoring for other modules, because experiments run in processes without controllers, too. */
@Module({
  imports: [AuditModule, ExecutionsModule, ModelsModule, PromptsModule],
  providers: [
    DefinitionChecker,
    JudgeCalls,
    PostScoreService,
    SandboxThreads,
    ScoreExecutionService,
    ScoreLog,
    ScorerCatalogue,
    ScorersRepository,
    ScorersService,
    ScoresRepository,
    ScoresService,
    ScoringService,
  ],
  exports: [
    PostScoreService,
    ScoreExecutionService,
    ScoreLog,
    ScorerCatalogue,
    ScorersService,
    ScoresService,
    ScoringService,
  ],
})
export class ScorersModule {}

/** The HTTP routes. */
@Module({ imports: [ScorersModule], controllers: [ScorersController, ScoresController] })
export class ScorersHttpModule {}
