import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { VersionsModule } from '../versions/index.js';
import { SnippetPins } from './pins/snippet-pins.js';
import { SnippetPinsRepository } from './pins/snippet-pins.repository.js';
import { SnippetsController } from './snippets.controller.js';
import { SnippetsRepository } from './snippets.repository.js';
import { SnippetsService } from './snippets.service.js';

/** Snippets for prompts. A worker loads this and no controllers. */
@Module({
  imports: [AuditModule, VersionsModule],
  providers: [SnippetPins, SnippetPinsRepository, SnippetsRepository, SnippetsService],
  exports: [SnippetPins, SnippetsService],
})
export class SnippetsModule {}

/** The HTTP routes. */
@Module({ imports: [SnippetsModule], controllers: [SnippetsController] })
export class SnippetsHttpModule {}
