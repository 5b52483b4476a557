import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The time up to which the content of a project and environment has been erased by age. */
@Entity('content_expiry')
export class ContentExpiryEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('text')
  environment!: string;

  /** No execution with a lower id has content. */
  @Column('uuid', { name: 'erased_below' })
  erasedBelow!: string;
}
