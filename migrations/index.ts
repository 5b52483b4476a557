import { CreatePromptLedger1795824000000 } from './ledger/1795824000000-create-prompt-ledger.js';
import { RecordToolCalls1795851000000 } from './ledger/1795851000000-record-tool-calls.js';
import { AddKeyAncestors1795867200000 } from './governance/1795867200000-add-key-ancestors.js';
import { CountQueueSlices1795910400000 } from './ledger/1795910400000-count-queue-slices.js';
import { ReadServiceFigures1795914000000 } from './ledger/1795914000000-read-service-figures.js';
import { RetirePromptsAndModels1796000000000 } from './prompts/1796000000000-retire-prompts-and-models.js';
import { RecordMetadata1796100000000 } from './ledger/1796100000000-record-metadata.js';
import { GovernProjects1796200000000 } from './governance/1796200000000-govern-projects.js';
import { AddKeyOwners1796200100000 } from './governance/1796200100000-add-key-owners.js';
import { GuardEnvironments1796200200000 } from './governance/1796200200000-guard-environments.js';
import { BindChanges1796200300000 } from './governance/1796200300000-bind-changes.js';
import { OpenSessions1796300000000 } from './governance/1796300000000-open-sessions.js';
import { KeepSecrets1796310000000 } from './governance/1796310000000-keep-secrets.js';
import { AddSnippets1796400000000 } from './prompts/1796400000000-add-snippets.js';
import { EraseContent1796500000000 } from './content/1796500000000-erase-content.js';
import { MaskVariables1796500100000 } from './content/1796500100000-mask-variables.js';
import { ExpireContent1796500200000 } from './content/1796500200000-expire-content.js';
import { StoreDatasets1796600000000 } from './evaluation/1796600000000-store-datasets.js';
import { ValidateAnswers1796600100000 } from './ledger/1796600100000-validate-answers.js';
import { CreateScorers1796700000000 } from './evaluation/1796700000000-create-scorers.js';
import { RunExperiments1796800000000 } from './evaluation/1796800000000-run-experiments.js';
import { EraseEvaluation1796900000000 } from './evaluation/1796900000000-erase-evaluation.js';
import { CreateRollouts1797000000000 } from './rollouts/1797000000000-create-rollouts.js';
import { CarryArms1797010000000 } from './rollouts/1797010000000-carry-arms.js';
import { ApproveRollouts1797020000000 } from './rollouts/1797020000000-approve-rollouts.js';
import { RecordOutcomes1797050000000 } from './rollouts/1797050000000-record-outcomes.js';
import { TakeRolloutLooks1797060000000 } from './rollouts/1797060000000-take-rollout-looks.js';
import { WatchEndedRolloutsLess1797070000000 } from './rollouts/1797070000000-watch-ended-rollouts-less.js';
import { KeepSuggestionStates1797100000000 } from './evaluation/1797100000000-keep-suggestion-states.js';
import { KeepSettings1797500000000 } from './prompts/1797500000000-keep-settings.js';
import { LinkJudgements1797600000000 } from './evaluation/1797600000000-link-judgements.js';
import { PrepareErasures1797610000000 } from './content/1797610000000-prepare-erasures.js';
import { EraseAgain1797620000000 } from './content/1797620000000-erase-again.js';
import { FindArms1797650000000 } from './rollouts/1797650000000-find-arms.js';
import { AnnounceArms1797660000000 } from './rollouts/1797660000000-announce-arms.js';
import { MeasureExposures1797670000000 } from './rollouts/1797670000000-measure-exposures.js';
import { EraseScoreAnswers1797671000000 } from './content/1797671000000-erase-score-answers.js';
import { StopMovedRolloutsTogether1797680000000 } from './rollouts/1797680000000-stop-moved-rollouts-together.js';
import { FindArchivedKeys1797690000000 } from './governance/1797690000000-find-archived-keys.js';
import { OrderPromptsByChange1797691000000 } from './prompts/1797691000000-order-prompts-by-change.js';
import { NameArmsWhereExecutionsEnd1797692000000 } from './rollouts/1797692000000-name-arms-where-executions-end.js';
import { StoreExposuresForLess1797693000000 } from './rollouts/1797693000000-store-exposures-for-less.js';
import { FindExposuresById1797694000000 } from './rollouts/1797694000000-find-exposures-by-id.js';

/** In the order they are run. A list, not a glob, so that a forgotten file is a compile error and not a surprise. */
export const MIGRATIONS = [
  CreatePromptLedger1795824000000,
  RecordToolCalls1795851000000,
  AddKeyAncestors1795867200000,
  CountQueueSlices1795910400000,
  ReadServiceFigures1795914000000,
  RetirePromptsAndModels1796000000000,
  RecordMetadata1796100000000,
  GovernProjects1796200000000,
  AddKeyOwners1796200100000,
  GuardEnvironments1796200200000,
  BindChanges1796200300000,
  OpenSessions1796300000000,
  KeepSecrets1796310000000,
  AddSnippets1796400000000,
  EraseContent1796500000000,
  MaskVariables1796500100000,
  ExpireContent1796500200000,
  StoreDatasets1796600000000,
  ValidateAnswers1796600100000,
  CreateScorers1796700000000,
  RunExperiments1796800000000,
  EraseEvaluation1796900000000,
  CreateRollouts1797000000000,
  CarryArms1797010000000,
  ApproveRollouts1797020000000,
  RecordOutcomes1797050000000,
  TakeRolloutLooks1797060000000,
  WatchEndedRolloutsLess1797070000000,
  KeepSuggestionStates1797100000000,
  KeepSettings1797500000000,
  LinkJudgements1797600000000,
  PrepareErasures1797610000000,
  EraseAgain1797620000000,
  FindArms1797650000000,
  AnnounceArms1797660000000,
  MeasureExposures1797670000000,
  EraseScoreAnswers1797671000000,
  StopMovedRolloutsTogether1797680000000,
  FindArchivedKeys1797690000000,
  OrderPromptsByChange1797691000000,
  NameArmsWhereExecutionsEnd1797692000000,
  StoreExposuresForLess1797693000000,
  FindExposuresById1797694000000,
];
