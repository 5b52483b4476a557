import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Actor, AuditService } from '../../audit/index.js';
import { DatasetTooLargeError } from '../errors.js';
import { type AddedItemsDto, type AddMode, MAX_ITEMS } from './items.dto.js';
import { type LockedDataset, RevisionsRepository } from './revisions.repository.js';
import { type UploadKey, UploadsRepository } from './uploads.repository.js';

/** Creates the next version of a dataset. */
@Injectable()
export class Revisions {
  constructor(
    private readonly repository: RevisionsRepository,
    private readonly uploads: UploadsRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Applies an upload to a dataset that the transaction has locked. Unchanged content is no new revision.
   * @throws DatasetTooLargeError `DATASET_TOO_LARGE`
   */
  async apply(
    tx: EntityManager,
    actor: Actor,
    dataset: LockedDataset,
    upload: UploadKey,
    mode: AddMode,
  ): Promise<AddedItemsDto> {
    const revision = dataset.revision + 1;
    const taken = await this.uploads.countItems(tx, upload);
    const counts = await this.repository[mode](tx, upload, revision);
    const { added, changed, removed } = counts;
    if (dataset.version !== null && added + changed + removed === 0) {
      return { version: dataset.version, item_count: dataset.itemCount, ...counts };
    }
    const held = await this.repository.countHeld(tx, upload);
    const { version, itemCount } = held;
    if (itemCount > MAX_ITEMS) throw new DatasetTooLargeError(dataset.name, MAX_ITEMS);
    await this.repository.move(tx, upload, revision, held, { createdBy: actor.name, taken });
    await this.audit.append(tx, actor, {
      action: 'dataset.items',
      subject: `dataset/${dataset.name}`,
      subjectId: dataset.datasetId,
      before: { version: dataset.version, item_count: dataset.itemCount },
      after: { version, item_count: itemCount, mode, ...counts },
    });
    return { version, item_count: itemCount, ...counts };
  }
}
