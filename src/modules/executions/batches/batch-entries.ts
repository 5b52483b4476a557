import { Injectable } from '@nestjs/common';
import type { StoredArm } from '../../../entities/index.js';
import { AppConfig } from '../../../infra/config/index.js';
import { type ErrorEntry, heavyWork, LedgerError, ValidationError } from '../../../kernel/index.js';
import { ExecutionAdmission } from '../admission/execution-admission.js';
import { ExecutionRenderer, toEntry } from '../admission/execution-renderer.js';
import type { AdmittedExecution, AdmittedRequest } from '../admission/execution-request.js';
import { PromptAdmission } from '../admission/prompt-admission.js';
import type { SubmitBatchDto } from './batches.dto.js';
import { BatchEntriesRefusedError } from './errors.js';

/** Enough for one error for each entry of the largest batch. */
const MAX_ERRORS = 1000;

/** The variables of each entry as they were sent. */
export interface VariablesSource {
  /** Returns the exact text of the variables; null when they were left out. */
  of(index: number): string | null;
  /** Returns the size of that text in UTF-8 bytes. */
  sizeOf(index: number): number;
}

/** The entries of a batch, which differ in variables and, where a rollout runs, in their arms. */
@Injectable()
export class BatchEntries {
  constructor(
    private readonly config: AppConfig,
    private readonly admission: ExecutionAdmission,
    private readonly prompts: PromptAdmission,
    private readonly renderer: ExecutionRenderer,
  ) {}

  /**
   * Renders each entry as an execution of its own.
   * @param common the batch as admitted.
   * @throws BatchEntriesRefusedError with the code of the first faulty entry, and pointers to all faults with that code.
   */
  async renderAll(
    projectId: string,
    common: AdmittedRequest,
    request: SubmitBatchDto,
    source: VariablesSource,
  ): Promise<AdmittedExecution[]> {
    const { entries } = request;
    const arms = await this.admitArms(projectId, common, request);
    const admitted: AdmittedExecution[] = [];
    const errors: ErrorEntry[] = [];
    let first: LedgerError | null = null;
    for (const [index, sent] of entries.entries()) {
      try {
        const variablesJson = await heavyWork.run(() => this.readVariables(source, index));
        const { own, arm } = arms?.(sent.unit_key ?? null) ?? { own: common, arm: null };
        const entry = { ...toEntry(sent, variablesJson), ...(arm === null ? {} : { arm }) };
        // A callback reports the batch as a whole, never a single execution.
        admitted.push({ ...(await this.renderer.render(own, entry)), callbackUrl: null });
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        first ??= error;
        if (error.code === first.code) errors.push(...errorsOfEntry(error, index));
        if (errors.length >= MAX_ERRORS) break;
      }
    }
    if (first !== null) throw new BatchEntriesRefusedError(first, errors.slice(0, MAX_ERRORS));
    return admitted;
  }

  /** Admits both arms of a rollout, because each entry is a unit. @returns null when no rollout is in progress. */
  private async admitArms(
    projectId: string,
    common: AdmittedRequest,
    request: SubmitBatchDto,
  ): Promise<((unitKey: string | null) => { own: AdmittedRequest; arm: StoredArm }) | null> {
    const { rollout = null, arm: first = null } = common.prompt ?? {};
    if (rollout === null) return null;
    const other = await this.admission.admitOtherArm(projectId, request, 'async', common);
    return (unitKey) => {
      const arm = this.prompts.assign(projectId, rollout, unitKey);
      return { own: arm.arm === first?.arm ? common : other, arm };
    };
  }

  /** Reads the variables as text. An entry may be as large as a request of its own. */
  private readVariables(source: VariablesSource, index: number): string | null {
    const { MAX_BODY_BYTES: most } = this.config.env;
    if (source.sizeOf(index) <= most) return source.of(index);
    throw new ValidationError(`Send variables of at most ${most} bytes in an entry.`, [
      { pointer: '/variables', message: `is larger than ${most} bytes` },
    ]);
  }
}

function errorsOfEntry(error: LedgerError, index: number): ErrorEntry[] {
  const entry = `/entries/${index}`;
  const errors = error.errors ?? [{ pointer: '', message: error.message }];
  return errors.map(({ pointer, message }) => ({ pointer: `${entry}${pointer}`, message }));
}
