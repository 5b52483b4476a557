import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/** Names the execution whose answer may be reused for an equal request. */
@Entity('response_cache')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'response_cache_project_id_fkey' })
@Index('response_cache_expiry', ['expiresAt'])
@Index('response_cache_execution', ['projectId', 'executionId'])
export class CachedResponseEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  /** SHA-256 over everything that makes two requests equal. */
  @PrimaryColumn('bytea', { name: 'cache_key' })
  cacheKey!: Buffer;

  /** The execution that has, or will have, the answer. */
  @Column('uuid', { name: 'execution_id' })
  executionId!: string;

  @Column('timestamptz', { name: 'claimed_at', default: () => 'now()' })
  claimedAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;
}
