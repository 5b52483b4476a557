import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../../infra/database/index.js';
import { ProjectPolicies } from '../../projects/index.js';
import type { VersionFacts } from '../facts/version-facts.js';
import type { FoundVersion } from '../suggestions.repository.js';
import { ValueCounts } from './count-values.js';
import { ExperimentFactsReader } from './experiment-facts.js';
import { FactsRepository, type LookedAt, type SampledExecution } from './facts.repository.js';
import {
  findBound,
  isTelling,
  summarizeAnswers,
  summarizeAttempts,
  summarizePromptTokens,
  summarizeSchema,
} from './summarize-executions.js';

export interface CollectedFacts {
  readonly facts: VersionFacts;
  /** Variables sent by every execution; null if too few executions were read. */
  readonly alwaysSent: readonly string[] | null;
}

/** Reading variables stops at either limit. Values may be megabytes, but only short ones are returned. */
const MOST_INPUTS = 1500;
const MOST_INPUT_BYTES = 16_000_000;
const INPUTS_AT_ONCE = 100;
const FEWEST_INPUTS = 20;
const MOST_RETRIED = 1000;

/**
 * Collects facts from 30 days of a version. Whatever the number of executions, it reads at most the newest {@link MOST_EXECUTIONS} of the
 * prompt, and the variables of at most the newest {@link MOST_INPUTS} of the version.
 */
@Injectable()
export class FactsCollector {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly scope: TenantScope,
    private readonly repository: FactsRepository,
    private readonly experiments: ExperimentFactsReader,
    private readonly policies: ProjectPolicies,
  ) {}

  /** Collects for one version at a time per process, because it holds a scarce connection and suggestions are not urgent. */
  async collect(projectId: string, version: FoundVersion, commonPrefix: number): Promise<CollectedFacts> {
    const { maskRules } = await this.policies.get(projectId);
    const counts = new ValueCounts(version.variables, maskRules);
    const read = () =>
      this.scope.transaction(projectId, (tx) => this.read(tx, projectId, { version, commonPrefix, counts }));
    const turn = this.last.then(read);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async read(
    tx: EntityManager,
    projectId: string,
    {
      version,
      commonPrefix,
      counts,
    }: { readonly version: FoundVersion; readonly commonPrefix: number; readonly counts: ValueCounts },
  ): Promise<CollectedFacts> {
    const of: LookedAt = { projectId, promptId: version.promptId, versionId: version.versionId };
    const newest = (await this.repository.listNewest(tx, of)).filter(isTelling);
    const failed = await this.listFailed(tx, projectId, newest);
    await this.countValues(tx, projectId, { newest, failed, counts });
    const invalid = newest.filter(({ outputValid }) => outputValid === false).map(toId);
    const retried = newest
      .filter(({ attemptsMade, passedOver }) => attemptsMade > 1 || passedOver !== null)
      .slice(0, MOST_RETRIED);
    const attempts = await this.repository.listAttempts(tx, projectId, retried.map(toId));
    const pointers = await this.repository.listPointers(tx, projectId, invalid);
    return {
      alwaysSent: counts.read.executions < FEWEST_INPUTS ? null : counts.alwaysSent,
      facts: {
        promptName: version.promptName,
        versionNumber: version.versionNumber,
        executions: newest.length,
        executions30d: Math.max(newest.length, await this.repository.count(tx, of)),
        failures: failed.size,
        costUsd: null,
        answers: summarizeAnswers(newest),
        maxNewTokens: findBound(newest),
        promptTokens: summarizePromptTokens(newest, commonPrefix),
        schema: summarizeSchema(newest, pointers),
        variables: counts.list(),
        variablesRead: counts.read,
        experiments: await this.experiments.list(tx, of),
        ...summarizeAttempts(retried, attempts),
      },
    };
  }

  /** Lists executions without an answer, with one that violates its schema, or with one that did not pass. */
  private async listFailed(
    tx: EntityManager,
    projectId: string,
    newest: readonly SampledExecution[],
  ): Promise<ReadonlySet<string>> {
    const failed = newest.filter(({ status, outputValid }) => status === 'failed' || outputValid === false);
    const notPassed = await this.repository.listNotPassed(tx, projectId, newest.map(toId));
    return new Set([...failed.map(toId), ...notPassed]);
  }

  private async countValues(
    tx: EntityManager,
    projectId: string,
    {
      newest,
      failed,
      counts,
    }: {
      readonly newest: readonly SampledExecution[];
      readonly failed: ReadonlySet<string>;
      readonly counts: ValueCounts;
    },
  ): Promise<void> {
    let bytes = 0;
    for (
      let at = 0;
      at < Math.min(newest.length, MOST_INPUTS) && bytes < MOST_INPUT_BYTES;
      at += INPUTS_AT_ONCE
    ) {
      const ids = newest.slice(at, at + INPUTS_AT_ONCE).map(toId);
      for (const input of await this.repository.listInputs(tx, projectId, ids)) {
        bytes += input.bytes;
        // Without content, because it was erased or the prompt has no variables, there is nothing to count.
        if (input.names !== null) counts.add(input, failed.has(input.executionId));
      }
    }
  }
}

function toId({ executionId }: SampledExecution): string {
  return executionId;
}
