import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { DatasetEntity } from './dataset.entity.js';

/** Items that were received and are not part of a revision yet. */
@Entity('dataset_uploads')
@ForeignKey(() => DatasetEntity, ['projectId', 'datasetId'], ['projectId', 'datasetId'], {
  name: 'dataset_uploads_project_id_dataset_id_fkey',
})
@Index('dataset_uploads_by_age', ['projectId', 'createdAt'])
export class DatasetUploadEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'dataset_id' })
  datasetId!: string;

  /** Chosen by the caller. */
  @PrimaryColumn('uuid', { name: 'upload_id' })
  uploadId!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** The answer given when the items became a revision; null before. A repeated request gets it again. */
  @Column('json', { nullable: true })
  result!: object | null;
}
