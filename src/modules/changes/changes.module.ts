import { Module } from '@nestjs/common';
import { AnalyticsModule } from '../analytics/index.js';
import { AuditModule } from '../audit/index.js';
import { PromptsModule } from '../prompts/index.js';
import { ExperimentReadsModule } from '../experiments/index.js';
import { RolloutsModule } from '../rollouts/index.js';
import { ApplyChangeService } from './apply-change.service.js';
import { ChangeEffects } from './change-effects.js';
import { ChangeLog } from './change-log.js';
import { ChangeReviewsService } from './reviews/change-reviews.service.js';
import { ChangesController } from './changes.controller.js';
import { ChangesRepository } from './changes.repository.js';
import { ChangesService } from './changes.service.js';
import { EvidenceCheck } from './evidence/evidence-check.js';
import { OpenChangeService } from './open-change.service.js';
import { ReviewsRepository } from './reviews/reviews.repository.js';

/** Changes of protected environments: opened, approved, applied. No other module needs them, so there is no part without HTTP. */
@Module({
  imports: [AnalyticsModule, AuditModule, ExperimentReadsModule, PromptsModule, RolloutsModule],
  controllers: [ChangesController],
  providers: [
    ApplyChangeService,
    ChangeEffects,
    ChangeLog,
    ChangeReviewsService,
    ChangesRepository,
    ChangesService,
    EvidenceCheck,
    OpenChangeService,
    ReviewsRepository,
  ],
})
export class ChangesModule {}
