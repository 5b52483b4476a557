import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { ScorerEntity } from './scorer.entity.js';

/** One immutable definition of a scorer. Append-only for the application. */
@Entity('scorer_versions')
@ForeignKey(() => ScorerEntity, ['projectId', 'scorerId'], ['projectId', 'scorerId'], {
  name: 'scorer_versions_project_id_scorer_id_fkey',
})
@Unique('scorer_versions_number', ['projectId', 'scorerId', 'versionNumber'])
@Unique('scorer_versions_checksum', ['projectId', 'scorerId', 'checksumHash'])
@Unique('scorer_versions_of_scorer', ['projectId', 'scorerId', 'scorerVersionId'])
@Check('scorer_versions_version_number_check', 'version_number > 0')
@Check('scorer_versions_checksum_hash_check', `checksum_hash ~ '^[0-9a-f]{64}$'`)
export class ScorerVersionEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'scorer_version_id', default: () => 'ledger_uuid7()' })
  scorerVersionId!: string;

  @Column('uuid', { name: 'scorer_id' })
  scorerId!: string;

  /** 1, 2, 3 … within the scorer, without gaps. */
  @Column('integer', { name: 'version_number' })
  versionNumber!: number;

  /** Read it as text, so that numbers keep their spelling. */
  @Column('json')
  definition!: unknown;

  /** SHA-256 of kind and definition in lower-case hex, unique within the scorer. */
  @Column('text', { name: 'checksum_hash' })
  checksumHash!: string;

  /** The name of its creator. */
  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
