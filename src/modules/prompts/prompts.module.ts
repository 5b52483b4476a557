import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { SnippetsModule } from '../snippets/index.js';
import { VersionsModule } from '../versions/index.js';
import { DiffService } from './diff/diff.service.js';
import { EnvironmentRulesRepository } from './pointers/environment-rules.repository.js';
import { HeldPointersRepository } from './pointers/held-pointers.repository.js';
import { PointerKeeper } from './pointers/pointer-keeper.js';
import { PointerMover } from './pointers/pointer-mover.js';
import { BareCalls } from './pointers/bare-calls.js';
import { BareCallsRepository } from './pointers/bare-calls.repository.js';
import { ApprovedVersionsRepository } from './pointers/approved-versions.repository.js';
import { PromptList } from './reads/prompt-list.js';
import { PromptReads } from './reads/prompt-reads.js';
import { PromptReadsRepository } from './reads/prompt-reads.repository.js';
import { RunningVersionsRepository } from './reads/running-versions.repository.js';
import { PromptResolver } from './reads/prompt-resolver.js';
import { PromptTeams } from './reads/prompt-teams.js';
import { PromptVersionsRepository } from './prompt-versions.repository.js';
import { PromptsController } from './prompts.controller.js';
import { PromptsRepository } from './prompts.repository.js';
import { PromptsService } from './prompts.service.js';
import { RegistryChangesRepository } from './registry/registry-changes.repository.js';
import { RegistryTransactions } from './registry/registry-transactions.js';
import { RegistryWatch } from './registry/registry-watch.js';
import { RenderService } from './rendering/render.service.js';
import { NewContents } from './contents/new-contents.js';
import { UnsavedContents } from './contents/unsaved-contents.js';
import { VersionLookup } from './reads/version-lookup.js';
import { VersionLookupRepository } from './reads/version-lookup.repository.js';
import { VersionReads } from './reads/version-reads.js';

/** Prompts for other modules. A worker loads this and no controllers. */
@Module({
  imports: [AuditModule, SnippetsModule, VersionsModule],
  providers: [
    BareCalls,
    BareCallsRepository,
    DiffService,
    EnvironmentRulesRepository,
    HeldPointersRepository,
    NewContents,
    PointerKeeper,
    PointerMover,
    ApprovedVersionsRepository,
    PromptList,
    PromptReads,
    PromptReadsRepository,
    PromptResolver,
    PromptsRepository,
    PromptsService,
    PromptTeams,
    PromptVersionsRepository,
    RegistryChangesRepository,
    RegistryTransactions,
    RegistryWatch,
    RenderService,
    RunningVersionsRepository,
    UnsavedContents,
    VersionLookup,
    VersionLookupRepository,
    VersionReads,
  ],
  exports: [
    ApprovedVersionsRepository,
    BareCalls,
    DiffService,
    EnvironmentRulesRepository,
    PointerKeeper,
    PointerMover,
    PromptList,
    PromptReads,
    PromptResolver,
    PromptsService,
    PromptTeams,
    RegistryTransactions,
    RegistryWatch,
    RenderService,
    UnsavedContents,
    VersionLookup,
    VersionReads,
  ],
})
export class PromptsModule {}

/** The HTTP routes. */
@Module({ imports: [PromptsModule], controllers: [PromptsController] })
export class PromptsHttpModule {}
