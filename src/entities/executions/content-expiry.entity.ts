import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The time up to which content of a project and environment was erased because of its age. */
@Entity('content_expiry')
export class ContentExpiryEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('text')
  environment!: string;

  /** Executions with a lower id have no content. */
  @Column('uuid', { name: 'erased_below' })
  erasedBelow!: string;
}
