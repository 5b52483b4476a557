import { type ApiPromise, type CallOptions, path, type Sent, type Transport } from '../../core/index.js';
import type {
  MigrateRequest,
  MigrateResult,
  PromptHistory,
  PromptMode,
  RegisterCodeRequest,
  RegisterCodeResult,
  RetireRequest,
  RetireResult,
  TrackedExecuteRequest,
  TrackedExecution,
} from '../../wire/index.js';
import { withGrace } from '../runs/executions.js';

/** Prompts in code. */
export class TrackingResource {
  constructor(private readonly transport: Transport) {}

  /**
   * Tells the ledger which prompts the code contains now: all or none, up to 1,000.
   * @throws BadRequestError `PROMPT_MODE_MISMATCH` for prompts that moved to full mode (`errors` has each), `NO_PROMPTS`
   */
  register(request: Sent<RegisterCodeRequest>, options?: CallOptions): ApiPromise<RegisterCodeResult> {
    return this.transport.post('/v1/prompts/register-code', request, options);
  }

  /**
   * Tells the ledger that the code no longer contains these prompts. Versions and executions stay, and registering one again brings it
   * back. All or none.
   * @throws BadRequestError `PROMPT_MODE_MISMATCH` for prompts in full mode
   */
  retire(request: Sent<RetireRequest>, options?: CallOptions): ApiPromise<RetireResult> {
    return this.transport.post('/v1/prompts:retire', request, options);
  }

  /** @throws NotFoundError `VERSION_NOT_FOUND` for a template that was never registered */
  execute(
    name: string,
    request: Sent<TrackedExecuteRequest>,
    options?: CallOptions,
  ): ApiPromise<TrackedExecution> {
    const route = path`/v1/prompts/${name}/execute`;
    return this.transport.post(route, request, withGrace(request.timeout_ms, options));
  }

  /** Lists the versions of a prompt in either mode. */
  history(
    name: string,
    query: { readonly mode?: PromptMode | 'all' | undefined } = {},
    options?: CallOptions,
  ): ApiPromise<PromptHistory> {
    return this.transport.get(path`/v1/prompts/${name}/history`, query, options);
  }

  /** Moves prompts to the ledger's management. Versions, numbers and executions stay. All or none. */
  migrateToFull(request: Sent<MigrateRequest>, options?: CallOptions): ApiPromise<MigrateResult> {
    return this.transport.post('/v1/prompts:migrate-to-full', request, options);
  }
}
