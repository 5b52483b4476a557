import { CreateLedger1795377600000 } from './1795377600000-create-ledger.js';
import { MakeExecutionsDurable1795464000000 } from './1795464000000-make-executions-durable.js';
import { DeliverWebhooks1795464100000 } from './1795464100000-deliver-webhooks.js';
import { CountExecutions1795550400000 } from './1795550400000-count-executions.js';
import { RecordExecutions1795550500000 } from './1795550500000-record-executions.js';
import { PriceModels1795636800000 } from './1795636800000-price-models.js';
import { LimitKeys1795636900000 } from './1795636900000-limit-keys.js';
import { CreateBudgets1795809600000 } from './1795809600000-create-budgets.js';
import { CostExecutions1795896000000 } from './1795896000000-cost-executions.js';
import { HoldBudgets1795896200000 } from './1795896200000-hold-budgets.js';
import { RouteModels1795896300000 } from './1795896300000-route-models.js';
import { CountCosts1795896400000 } from './1795896400000-count-costs.js';
import { ViewExecutions1795982400000 } from './1795982400000-view-executions.js';
import { FreeAttempts1795982800000 } from './1795982800000-free-attempts.js';

/** In the order they are run. A list, not a glob, so that a forgotten file is a compile error and not a surprise. */
export const MIGRATIONS = [
  CreateLedger1795377600000,
  MakeExecutionsDurable1795464000000,
  DeliverWebhooks1795464100000,
  CountExecutions1795550400000,
  RecordExecutions1795550500000,
  PriceModels1795636800000,
  LimitKeys1795636900000,
  CreateBudgets1795809600000,
  CostExecutions1795896000000,
  HoldBudgets1795896200000,
  RouteModels1795896300000,
  CountCosts1795896400000,
  ViewExecutions1795982400000,
  FreeAttempts1795982800000,
];
