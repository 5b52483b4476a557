import { DatabaseListener } from '../../../src/infra/database/index.js';
import { PromptResolver, RegistryWatch, VersionLookup } from '../../../src/modules/prompts/index.js';
import { PromptVersionsRepository } from '../../../src/modules/prompts/prompt-versions.repository.js';
import { EnvironmentRulesRepository } from '../../../src/modules/prompts/pointers/environment-rules.repository.js';
import { PromptsRepository } from '../../../src/modules/prompts/prompts.repository.js';
import { NewContents } from '../../../src/modules/prompts/contents/new-contents.js';
import { RegistryTransactions } from '../../../src/modules/prompts/registry/registry-transactions.js';
import { PromptsService } from '../../../src/modules/prompts/prompts.service.js';
import { RegistryChangesRepository } from '../../../src/modules/prompts/registry/registry-changes.repository.js';
import { VersionLookupRepository } from '../../../src/modules/prompts/reads/version-lookup.repository.js';
import { AuditService } from '../../../src/modules/audit/index.js';
import { SnippetPinsRepository } from '../../../src/modules/snippets/pins/snippet-pins.repository.js';
import { SnippetPins } from '../../../src/modules/snippets/index.js';
import { VersionsRepository } from '../../../src/modules/versions/versions.repository.js';
import { VersionsService } from '../../../src/modules/versions/index.js';
import type { ContentExtras } from '../../../src/templating/index.js';
import { ACTOR } from '../../support/rows/actor.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

const silent = { log: () => undefined, warn: () => undefined };
const TOOL = { type: 'function', function: { name: 'stop', parameters: { constructor: {}, a: [null] } } };
const EXTRAS = { tools: [TOOL], toolChoice: 'required', responseFormat: { type: 'json_object' } };

describe('a version that is resolved', () => {
  let context: LedgerContext;
  let listener: DatabaseListener;
  let resolver: PromptResolver;
  let lookup: VersionLookup;
  let checksumHash: string;

  beforeAll(async () => {
    context = await openLedgerContext();
    const { scope, projectId } = context;
    listener = new DatabaseListener({ databaseUrl: context.url, logger: silent });
    const watch = new RegistryWatch(listener, new RegistryChangesRepository(scope));
    const reads = new PromptVersionsRepository(scope);
    const versions = new VersionsService(new VersionsRepository());
    const audit = new AuditService();
    const prompts = new PromptsService(
      new RegistryTransactions(scope, watch),
      new PromptsRepository(),
      reads,
      new NewContents(new SnippetPins(scope, new SnippetPinsRepository()), versions),
      new EnvironmentRulesRepository(),
      audit,
    );
    resolver = new PromptResolver(watch, reads, versions);
    lookup = new VersionLookup(new VersionLookupRepository(scope), versions);
    const actor = { ...ACTOR, projectId };
    await prompts.put(actor, 'a', { template_source: 'x' });
    const extras = { tools: [TOOL], tool_choice: 'required', response_format: { type: 'json_object' } };
    const { version } = await prompts.put(actor, 'a', { template_source: 'x', set_active: true, ...extras });
    checksumHash = version.checksum_hash;
  });
  afterAll(async () => {
    await listener.close();
    await context.close();
  });

  async function lookUp(versionNumber: number | null, templateHash: string | null) {
    const wanted = [{ promptName: 'a', environment: 'default', versionNumber, templateHash }];
    const [found] = await lookup.findAll(context.projectId, wanted);
    if (found === undefined || 'refusal' in found) throw new Error('it was not found');
    return found;
  }

  const ways: [string, () => Promise<{ readonly version: { readonly extras: ContentExtras | null } }>][] = [
    ['as the active one', () => resolver.resolve(context.projectId, 'a', null)],
    ['by its number', () => resolver.resolve(context.projectId, 'a', 2)],
    ['by its checksum', () => resolver.resolveIn(context.projectId, 'a', 'default', checksumHash)],
    ['past the caches', () => resolver.resolve(context.projectId, 'a', null, { fresh: true })],
    ['as the active one of a list', () => lookUp(null, null)],
    ['by its number in a list', () => lookUp(2, null)],
    ['by its checksum in a list', () => lookUp(null, checksumHash)],
  ];

  it.each(ways)('%s has its tools and response format', async (_way, find) => {
    // The second read is from memory.
    for (const { version } of [await find(), await find()]) expect(version.extras).toEqual(EXTRAS);
  });

  it('has null where there are none', async () => {
    expect((await resolver.resolve(context.projectId, 'a', 1)).version.extras).toBeNull();
    expect((await lookUp(1, null)).version).toMatchObject({ extras: null });
  });
});
