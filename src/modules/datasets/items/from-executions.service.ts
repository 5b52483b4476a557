import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DatabaseClock, TenantScope } from '../../../infra/database/index.js';
import { parseRfc3339 } from '../../../infra/http/index.js';
import { type ErrorEntry, heavyWork, parseJson, ValidationError } from '../../../kernel/index.js';
import type { Actor } from '../../audit/index.js';
import {
  type ContentFilter,
  type ExecutionContent,
  ExecutionContentsRepository,
  ExecutionNotFoundError,
  lockOutErasure,
  MASKED,
} from '../../executions/index.js';
import { DatasetItemsInvalidError, DatasetNotFoundError } from '../errors.js';
import { toVariablesCheck } from './check-variables.js';
import {
  DEFAULT_LIMIT,
  type ExecutionFilterDto,
  type FromExecutionsDto,
  type FromExecutionsResultDto,
} from './from-executions.dto.js';
import { type NewItem, readItems, type VariablesCheck } from './read-items.js';
import { Revisions } from './revisions.js';
import { RevisionsRepository } from './revisions.repository.js';
import { UploadsRepository } from './uploads.repository.js';

/** Kept small, because an execution has up to a megabyte of variables and half a megabyte of answer. */
const READ_AT_ONCE = 20;

/** An item made from an execution, or the reason why there is none. */
type Made = { readonly execution: ExecutionContent } & (
  { readonly json: string } | { readonly fault: string }
);

/** Makes items from executions, and records which ones. */
@Injectable()
export class FromExecutionsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly contents: ExecutionContentsRepository,
    private readonly uploads: UploadsRepository,
    private readonly repository: RevisionsRepository,
    private readonly revisions: Revisions,
    private readonly databaseClock: DatabaseClock,
  ) {}

  /**
   * Appends an item for each execution. An execution that already has an item adds no second one.
   * @throws ValidationError `VALIDATION_FAILED` for named executions that cannot become items.
   * @throws ExecutionNotFoundError | DatasetNotFoundError | DatasetItemsInvalidError | DatasetTooLargeError
   */
  async add(actor: Actor, name: string, request: FromExecutionsDto): Promise<FromExecutionsResultDto> {
    assertEither(request);
    const { projectId } = actor;
    return this.scope.transaction(projectId, async (tx) => {
      const dataset = await this.repository.share(tx, projectId, name);
      if (dataset === null) throw new DatasetNotFoundError(name);
      await lockOutErasure(tx, projectId);
      const ids = await this.listIds(tx, projectId, request);
      const key = { projectId, datasetId: dataset.datasetId, uploadId: this.databaseClock.newId() };
      await this.uploads.begin(tx, key);
      const check = toVariablesCheck(dataset.variablesSchemaJson);
      let skipped = 0;
      for (let from = 0; from < ids.length; from += READ_AT_ONCE) {
        const made = await this.make(tx, projectId, ids.slice(from, from + READ_AT_ONCE), request);
        const items = await this.readMade(name, made, from, request, check);
        skipped += made.length - items.length;
        if (items.length > 0) await this.uploads.putPart(tx, key, from + 1, items);
      }
      const locked = await this.repository.lock(tx, projectId, name);
      if (locked === null) throw new DatasetNotFoundError(name);
      const added = await this.revisions.apply(tx, actor, locked, key, 'append');
      await this.uploads.drop(tx, key);
      return { ...added, skipped };
    });
  }

  private async listIds(tx: EntityManager, projectId: string, request: FromExecutionsDto): Promise<string[]> {
    const { execution_ids: ids, filter, limit, expected } = request;
    if (ids != null) return [...new Set(ids.map((id) => id.toLowerCase()))];
    const wanted = toFilter(filter ?? {}, expected === 'response');
    return this.contents.listIds(tx, projectId, { ...wanted, limit: limit ?? DEFAULT_LIMIT });
  }

  private async make(
    tx: EntityManager,
    projectId: string,
    ids: readonly string[],
    { execution_ids: named, expected }: FromExecutionsDto,
  ): Promise<Made[]> {
    const found = await this.contents.list(tx, projectId, ids);
    if (named != null && found.length < ids.length) {
      const there = new Set(found.map(({ executionId }) => executionId));
      throw new ExecutionNotFoundError(ids.find((id) => !there.has(id)) ?? '');
    }
    return found.map((execution) => makeItem(execution, expected === 'response'));
  }

  /** @param from the index of the first one among all requested executions. */
  private async readMade(
    name: string,
    made: readonly Made[],
    from: number,
    { execution_ids: named }: FromExecutionsDto,
    check: VariablesCheck | null,
  ): Promise<NewItem[]> {
    const pointerTo = (index: number) => (named == null ? '/filter' : `/execution_ids/${from + index}`);
    const faults = made.flatMap((each, index): ErrorEntry[] =>
      'fault' in each ? [{ pointer: pointerTo(index), message: each.fault }] : [],
    );
    if (named != null && faults.length > 0) {
      throw new ValidationError('Leave out the executions that "errors" lists; no item was made.', faults);
    }
    const makable = made.flatMap((each, index) => ('json' in each ? [{ ...each, index }] : []));
    const { items, misfits } = await heavyWork.runSteps(
      readItems(
        makable.map(({ json }) => parseJson(json)),
        check,
      ),
    );
    if (misfits.length > 0) throw new DatasetItemsInvalidError(name, misfits.map(pointed));
    return items.map((item, nth) => ({
      ...item,
      sourceExecutionId: makable[nth]?.execution.executionId ?? null,
    }));

    function pointed({ pointer, message }: ErrorEntry): ErrorEntry {
      const [, nth = '0', path = ''] = /^\/items\/(\d+)(.*)$/s.exec(pointer) ?? [];
      const { index, execution } = makable[Number(nth)] ?? { index: 0, execution: { executionId: '' } };
      return {
        pointer: pointerTo(index),
        message: `${path} of execution ${execution.executionId} ${message}`,
      };
    }
  }
}

function makeItem(execution: ExecutionContent, isAnswerExpected: boolean): Made {
  const { variablesJson, responseText, isBare, responseTruncated, hasMasked } = execution;
  if (variablesJson === 'null') return { execution, fault: 'has no content any more: it was erased' };
  if (isBare) return { execution, fault: 'is a bare call: it has no variables' };
  if (!isAnswerExpected) return { execution, json: `{"variables":${variablesJson}}` };
  if (execution.status !== 'succeeded' || responseText === null) {
    return { execution, fault: `has no answer: it is ${execution.status}` };
  }
  if (responseTruncated) return { execution, fault: 'has an answer that was too long to be kept whole' };
  // New answers would be compared with a different one than was given.
  if (hasMasked && responseText.includes(MASKED))
    return { execution, fault: 'has an answer in which something is masked' };
  return { execution, json: `{"variables":${variablesJson},"expected":${JSON.stringify(responseText)}}` };
}

function toFilter(sent: ExecutionFilterDto, isAnswerExpected: boolean): Omit<ContentFilter, 'limit'> {
  const status = sent.status ?? (isAnswerExpected ? 'succeeded' : undefined);
  const metadata = sent.metadata ?? undefined;
  return {
    promptName: sent.prompt_name ?? undefined,
    status,
    environment: sent.environment ?? undefined,
    correlationId: sent.correlation_id ?? undefined,
    metadata: metadata === undefined || Object.keys(metadata).length === 0 ? undefined : metadata,
    batchId: sent.batch_id?.toLowerCase(),
    createdAfter: parseTime(sent.created_after),
    createdBefore: parseTime(sent.created_before),
  };
}

function parseTime(text: string | null | undefined): Date | undefined {
  return text == null ? undefined : (parseRfc3339(text) ?? undefined);
}

function assertEither({ execution_ids: ids, filter, limit }: FromExecutionsDto): void {
  if (ids != null && filter != null) refuse('/filter', 'cannot be combined with execution_ids');
  if (ids == null && filter == null) refuse('/execution_ids', 'is required, unless there is a filter');
  if (ids != null && limit != null) refuse('/limit', 'needs a filter');
}

function refuse(pointer: string, message: string): never {
  throw new ValidationError('Correct the parts of the request that "errors" lists.', [{ pointer, message }]);
}
