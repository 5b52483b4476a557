import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { AuthModule } from '../auth/index.js';
import { ExperimentReadsModule } from '../experiments/index.js';
import { ProjectsModule } from '../projects/index.js';
import { PromptsModule } from '../prompts/index.js';
import { ExperimentFactsReader } from './collecting/experiment-facts.js';
import { FactsCollector } from './collecting/facts-collector.js';
import { FactsRepository } from './collecting/facts.repository.js';
import { SuggestionFinder } from './suggestion-finder.js';
import { SuggestionsController } from './suggestions.controller.js';
import { SuggestionsRepository } from './suggestions.repository.js';
import { SuggestionsService } from './suggestions.service.js';

@Module({
  imports: [AuditModule, AuthModule, ExperimentReadsModule, ProjectsModule, PromptsModule],
  controllers: [SuggestionsController],
  providers: [
    ExperimentFactsReader,
    FactsCollector,
    FactsRepository,
    SuggestionFinder,
    SuggestionsRepository,
    SuggestionsService,
  ],
})
export class SuggestionsModule {}
