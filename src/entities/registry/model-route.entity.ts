import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

export const ROUTE_STRATEGIES = ['order', 'weights'] as const;
export type RouteStrategy = (typeof ROUTE_STRATEGIES)[number];

export interface StoredRouteTarget {
  provider: string;
  model_name: string;
  /** Null in a route that goes by order. */
  weight: number | null;
}

/** A named list of models that executions may be sent along. */
@Entity('model_routes')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'model_routes_project_id_fkey' })
@Index('model_routes_name', ['projectId', 'name'], { unique: true, where: 'deleted_at IS NULL' })
@Check('model_routes_strategy_check', `strategy IN ('order', 'weights')`)
export class ModelRouteEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'route_id', default: () => 'ledger_uuid7()' })
  routeId!: string;

  @Column({ type: 'text', collation: 'C' })
  name!: string;

  @Column('text')
  strategy!: RouteStrategy;

  @Column('json')
  targets!: StoredRouteTarget[];

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;

  /** When the route was deleted, which frees its name. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
