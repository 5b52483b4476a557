import { ApiKeyEntity } from './api-key.entity.js';
import { ApprovedVersionEntity } from './approved-version.entity.js';
import { AuditEntryEntity } from './audit-entry.entity.js';
import { BatchEntity } from './batch.entity.js';
import { BudgetHoldEntity } from './budget-hold.entity.js';
import { BudgetPeriodEntity } from './budget-period.entity.js';
import { BudgetEntity } from './budget.entity.js';
import { CachedResponseEntity } from './cached-response.entity.js';
import { ChangeReviewEntity } from './change-review.entity.js';
import { ChangeEntity } from './change.entity.js';
import { EnvironmentEntity } from './environment.entity.js';
import { ExecutionAttemptEntity } from './execution-attempt.entity.js';
import { ExecutionDeltaEntity } from './execution-delta.entity.js';
import { ExecutionInFlightEntity } from './execution-in-flight.entity.js';
import { ExecutionInputEntity } from './execution-input.entity.js';
import { ExecutionOutputEntity } from './execution-output.entity.js';
import { ExecutionRollupEntity } from './execution-rollup.entity.js';
import { ExecutionEntity } from './execution.entity.js';
import { IdempotencyKeyEntity } from './idempotency-key.entity.js';
import { MemberEntity } from './member.entity.js';
import { ModelPriceEntity } from './model-price.entity.js';
import { ModelRouteEntity } from './model-route.entity.js';
import { ModelEntity } from './model.entity.js';
import { OutboxEventEntity } from './outbox-event.entity.js';
import { PointerMoveEntity } from './pointer-move.entity.js';
import { ProjectEntity } from './project.entity.js';
import { PromptPointerEntity } from './prompt-pointer.entity.js';
import { PromptVersionEntity } from './prompt-version.entity.js';
import { PromptEntity } from './prompt.entity.js';
import { TeamMemberEntity } from './team-member.entity.js';
import { TeamEntity } from './team.entity.js';
import { UserEntity } from './user.entity.js';
import { WebhookDeliveryEntity } from './webhook-delivery.entity.js';
import { WebhookSecretEntity } from './webhook-secret.entity.js';

export { ApiKeyEntity, AuditEntryEntity, BatchEntity, IdempotencyKeyEntity, ModelEntity, OutboxEventEntity };
export { PointerMoveEntity, ProjectEntity, PromptEntity, PromptPointerEntity, PromptVersionEntity };
export { ExecutionAttemptEntity, ExecutionEntity, ExecutionInputEntity, ExecutionOutputEntity };
export { ExecutionInFlightEntity };
export { ExecutionDeltaEntity, ExecutionRollupEntity, ModelPriceEntity, ModelRouteEntity };
export { BudgetEntity, BudgetHoldEntity, BudgetPeriodEntity, WebhookDeliveryEntity, WebhookSecretEntity };
export { CachedResponseEntity };
export { ApprovedVersionEntity, ChangeEntity, ChangeReviewEntity, EnvironmentEntity };
export { MemberEntity, TeamEntity, TeamMemberEntity, UserEntity };
export { CHANGE_STATUSES } from './change.entity.js';
export type { ChangeStatus, StoredEvidence } from './change.entity.js';
export { ROLES } from './member.entity.js';
export type { Role } from './member.entity.js';
export { USER_KINDS } from './user.entity.js';
export type { UserKind } from './user.entity.js';
export { BUDGET_MODES, BUDGET_PERIODS, BUDGET_SCOPES } from './budget.entity.js';
export type { BudgetMode, BudgetPeriod, BudgetScope } from './budget.entity.js';
export { ROUTE_STRATEGIES } from './model-route.entity.js';
export type { RouteStrategy, StoredRouteTarget } from './model-route.entity.js';
export type { AttemptStatus } from './execution-attempt.entity.js';
export type { SentMessage } from './execution-input.entity.js';
export type { StoredToolCall } from './execution-output.entity.js';
export type { StoredMessage, StoredRegistration } from './prompt-version.entity.js';
export type {
  ExecutionErrorType,
  ExecutionOrigin,
  ExecutionStatus,
  FinalStatus,
} from './execution.entity.js';
export type { ExecutionMode, StoredTarget } from './requested-execution.js';
export type { PromptKind, PromptMode } from './prompt.entity.js';

/** All entities, for the DataSource. */
export const ENTITIES = [
  ProjectEntity,
  UserEntity,
  MemberEntity,
  TeamEntity,
  TeamMemberEntity,
  ApiKeyEntity,
  PromptEntity,
  PromptVersionEntity,
  PromptPointerEntity,
  PointerMoveEntity,
  EnvironmentEntity,
  ApprovedVersionEntity,
  ChangeEntity,
  ChangeReviewEntity,
  ModelEntity,
  ModelPriceEntity,
  ModelRouteEntity,
  BatchEntity,
  ExecutionInFlightEntity,
  ExecutionEntity,
  ExecutionInputEntity,
  ExecutionOutputEntity,
  ExecutionAttemptEntity,
  ExecutionDeltaEntity,
  ExecutionRollupEntity,
  IdempotencyKeyEntity,
  OutboxEventEntity,
  AuditEntryEntity,
  WebhookDeliveryEntity,
  WebhookSecretEntity,
  BudgetEntity,
  BudgetPeriodEntity,
  BudgetHoldEntity,
  CachedResponseEntity,
];
