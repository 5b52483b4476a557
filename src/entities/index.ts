import { ApiKeyEntity } from './people/api-key.entity.js';
import { ApprovedVersionEntity } from './governance/approved-version.entity.js';
import { AuditEntryEntity } from './governance/audit-entry.entity.js';
import { BatchEntity } from './executions/batch.entity.js';
import { BudgetHoldEntity } from './accounts/budget-hold.entity.js';
import { BudgetPeriodEntity } from './accounts/budget-period.entity.js';
import { BudgetEntity } from './accounts/budget.entity.js';
import { CachedResponseEntity } from './executions/cached-response.entity.js';
import { ChangeReviewEntity } from './governance/change-review.entity.js';
import { ChangeEntity } from './governance/change.entity.js';
import { DatasetContentEntity } from './datasets/dataset-content.entity.js';
import { DatasetItemEntity } from './datasets/dataset-item.entity.js';
import { DatasetUploadItemEntity } from './datasets/dataset-upload-item.entity.js';
import { DatasetUploadEntity } from './datasets/dataset-upload.entity.js';
import { DatasetVersionEntity } from './datasets/dataset-version.entity.js';
import { DatasetEntity } from './datasets/dataset.entity.js';
import { EnvironmentEntity } from './governance/environment.entity.js';
import { ExecutionAttemptEntity } from './executions/execution-attempt.entity.js';
import { ExecutionDeltaEntity } from './accounts/execution-delta.entity.js';
import { ExecutionInFlightEntity } from './executions/execution-in-flight.entity.js';
import { ContentExpiryEntity } from './executions/content-expiry.entity.js';
import { ExecutionInputEntity } from './executions/execution-input.entity.js';
import { ExecutionOutputEntity } from './executions/execution-output.entity.js';
import { ExecutionRollupEntity } from './accounts/execution-rollup.entity.js';
import { ExecutionEntity } from './executions/execution.entity.js';
import { ExperimentCellEntity } from './experiments/experiment-cell.entity.js';
import { ExperimentItemEntity } from './experiments/experiment-item.entity.js';
import { ExperimentScoreEntity } from './experiments/experiment-score.entity.js';
import { ExperimentEntity } from './experiments/experiment.entity.js';
import { IdempotencyKeyEntity } from './executions/idempotency-key.entity.js';
import { JudgementEntity } from './evaluation/judgement.entity.js';
import { MemberEntity } from './people/member.entity.js';
import { ModelPriceEntity } from './registry/model-price.entity.js';
import { ModelRouteEntity } from './registry/model-route.entity.js';
import { ModelEntity } from './registry/model.entity.js';
import { OutboxEventEntity } from './outbox/outbox-event.entity.js';
import { OutcomeSequenceEntity } from './evaluation/outcome-sequence.entity.js';
import { OutcomeEntity } from './evaluation/outcome.entity.js';
import { PointerMoveEntity } from './registry/pointer-move.entity.js';
import { ScoreSequenceEntity } from './evaluation/score-sequence.entity.js';
import { ScoreEntity } from './evaluation/score.entity.js';
import { ScorerVersionEntity } from './evaluation/scorer-version.entity.js';
import { ScorerEntity } from './evaluation/scorer.entity.js';
import { ProjectEntity } from './people/project.entity.js';
import { PromptPointerEntity } from './registry/prompt-pointer.entity.js';
import { PromptVersionEntity } from './registry/prompt-version.entity.js';
import { PromptEntity } from './registry/prompt.entity.js';
import { RolloutCursorEntity } from './rollouts/rollout-cursor.entity.js';
import { RolloutEventEntity } from './rollouts/rollout-event.entity.js';
import { RolloutLookEntity } from './rollouts/rollout-look.entity.js';
import { RolloutPhaseEntity } from './rollouts/rollout-phase.entity.js';
import { RolloutEntity } from './rollouts/rollout.entity.js';
import { ProjectSecretEntity } from './people/project-secret.entity.js';
import { SessionEntity } from './people/session.entity.js';
import { SnippetPinEntity } from './registry/snippet-pin.entity.js';
import { SnippetVersionEntity } from './registry/snippet-version.entity.js';
import { SnippetEntity } from './registry/snippet.entity.js';
import { SuggestionStateEntity } from './registry/suggestion-state.entity.js';
import { TeamMemberEntity } from './people/team-member.entity.js';
import { TeamEntity } from './people/team.entity.js';
import { UserEntity } from './people/user.entity.js';
import { WebhookDeliveryEntity } from './outbox/webhook-delivery.entity.js';
import { WebhookSecretEntity } from './outbox/webhook-secret.entity.js';
import { ExecutionMetadataEntity } from './execution-metadata.entity.js';

export { ApiKeyEntity, AuditEntryEntity, BatchEntity, IdempotencyKeyEntity, ModelEntity, OutboxEventEntity };
export { PointerMoveEntity, ProjectEntity, PromptEntity, PromptPointerEntity, PromptVersionEntity };
export { SnippetEntity, SnippetPinEntity, SnippetVersionEntity };
export { SuggestionStateEntity };
export { ExecutionAttemptEntity, ExecutionEntity, ExecutionInputEntity, ExecutionOutputEntity };
export { ExecutionInFlightEntity, ExecutionMetadataEntity };
export { ExecutionDeltaEntity, ExecutionRollupEntity, ModelPriceEntity, ModelRouteEntity };
export { BudgetEntity, BudgetHoldEntity, BudgetPeriodEntity, WebhookDeliveryEntity, WebhookSecretEntity };
export { CachedResponseEntity };
export { ApprovedVersionEntity, ChangeEntity, ChangeReviewEntity, EnvironmentEntity };
export { DatasetContentEntity, DatasetEntity, DatasetItemEntity, DatasetVersionEntity };
export { DatasetUploadEntity, DatasetUploadItemEntity };
export { ScoreEntity, ScorerEntity, ScoreSequenceEntity, ScorerVersionEntity };
export { OutcomeEntity, OutcomeSequenceEntity };
export { SCORER_KINDS } from './evaluation/scorer.entity.js';
export type { ScorerKind } from './evaluation/scorer.entity.js';
export { SCORE_SOURCES } from './evaluation/score.entity.js';
export type { ScoreSource } from './evaluation/score.entity.js';
export { MemberEntity, ProjectSecretEntity, SessionEntity, TeamEntity, TeamMemberEntity, UserEntity };
export { ExperimentCellEntity, ExperimentEntity, ExperimentItemEntity, ExperimentScoreEntity };
export { RolloutEntity, RolloutPhaseEntity };
export { RolloutCursorEntity, RolloutEventEntity, RolloutLookEntity };
export { ROLLOUT_STATUSES } from './rollouts/rollout.entity.js';
export type { RolloutStatus } from './rollouts/rollout.entity.js';
export { EXPERIMENT_STATUSES } from './experiments/experiment.entity.js';
export type { ExperimentStatus } from './experiments/experiment.entity.js';
export type { CellStatus } from './experiments/experiment-cell.entity.js';
export { DEMANDED_VERDICTS } from './governance/environment.entity.js';
export type { DemandedVerdict, StoredEvidenceDemand } from './governance/environment.entity.js';
export { CHANGE_STATUSES } from './governance/change.entity.js';
export type { ChangeStatus, StoredEvidence } from './governance/change.entity.js';
export { ROLES } from './people/member.entity.js';
export type { Role } from './people/member.entity.js';
export type { SessionKind } from './people/session.entity.js';
export { USER_KINDS } from './people/user.entity.js';
export type { UserKind } from './people/user.entity.js';
export { BUDGET_MODES, BUDGET_PERIODS, BUDGET_SCOPES } from './accounts/budget.entity.js';
export type { BudgetMode, BudgetPeriod, BudgetScope } from './accounts/budget.entity.js';
export { ROUTE_STRATEGIES } from './registry/model-route.entity.js';
export type { RouteStrategy, StoredRouteTarget } from './registry/model-route.entity.js';
export type { AttemptStatus } from './executions/execution-attempt.entity.js';
export type { SentMessage } from './executions/execution-input.entity.js';
export type { StoredOutputCheck, StoredToolCall } from './executions/execution-output.entity.js';
export type { StoredMessage, StoredRegistration } from './registry/prompt-version.entity.js';
export type {
  ExecutionErrorType,
  ExecutionOrigin,
  ExecutionStatus,
  FinalStatus,
} from './executions/execution.entity.js';
export type { ExecutionMode, RolloutArm, StoredArm, StoredTarget } from './executions/requested-execution.js';
export type { PromptKind, PromptMode } from './registry/prompt.entity.js';

/** All entities, for the DataSource. */
export const ENTITIES = [
  ProjectEntity,
  UserEntity,
  MemberEntity,
  TeamEntity,
  TeamMemberEntity,
  SessionEntity,
  ProjectSecretEntity,
  ApiKeyEntity,
  PromptEntity,
  PromptVersionEntity,
  PromptPointerEntity,
  PointerMoveEntity,
  SnippetEntity,
  SnippetVersionEntity,
  SnippetPinEntity,
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
  ExecutionMetadataEntity,
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
  DatasetEntity,
  DatasetVersionEntity,
  DatasetContentEntity,
  DatasetItemEntity,
  DatasetUploadEntity,
  DatasetUploadItemEntity,
  ScorerEntity,
  ScorerVersionEntity,
  ScoreEntity,
  ScoreSequenceEntity,
  JudgementEntity,
  OutcomeEntity,
  OutcomeSequenceEntity,
  ContentExpiryEntity,
  ExperimentEntity,
  ExperimentItemEntity,
  ExperimentCellEntity,
  ExperimentScoreEntity,
  RolloutEntity,
  RolloutPhaseEntity,
  RolloutEventEntity,
  RolloutLookEntity,
  RolloutCursorEntity,
  SuggestionStateEntity,
];
