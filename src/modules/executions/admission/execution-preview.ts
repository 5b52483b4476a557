import { Injectable } from '@nestjs/common';
import { LedgerError } from '../../../kernel/index.js';
import type { ModelName } from './model-choice.js';
import type { ChargeBound } from './charge-bound.js';
import { ExecutionAdmission } from './execution-admission.js';
import { ExecutionRenderer } from './execution-renderer.js';
import type {
  AdmittedExecution,
  AdmittedPrompt,
  AdmittedRequest,
  RequestToAdmit,
} from './execution-request.js';

export interface PreviewedEntry {
  readonly variables: Record<string, unknown>;
  /** The variables as JSON text. */
  readonly variablesJson: string;
}

/** The executions that a request would make, and the most that they may cost. */
export interface ExecutionPreview {
  /** Null for a bare call. */
  readonly prompt: AdmittedPrompt | null;
  /** Has at least one model, in the order in which they are tried. */
  readonly models: readonly ModelName[];
  /** The most that each entry may cost; null for one that would be refused, for instance for a missing variable. */
  readonly bounds: readonly (ChargeBound | null)[];
  /** The price of a prompt token on the most expensive model, in pico-dollars; null where one has no price. */
  readonly inputTokenPicoUsd: bigint | null;
}

/** Admits a request as if it were sent, and writes nothing. */
@Injectable()
export class ExecutionPreviews {
  constructor(
    private readonly admission: ExecutionAdmission,
    private readonly renderer: ExecutionRenderer,
  ) {}

  /** @throws what `ExecutionAdmission` throws, except for errors in an entry. */
  async look(
    projectId: string,
    request: RequestToAdmit,
    entries: readonly PreviewedEntry[],
  ): Promise<ExecutionPreview> {
    return this.admission.admitAndWrite(projectId, request, 'async', {
      prepare: async (admitted) => ({ admitted, bounds: await this.boundAll(admitted, entries) }),
      write: ({ admitted, bounds }) => Promise.resolve(toPreview(admitted, bounds)),
    });
  }

  private async boundAll(
    admitted: AdmittedRequest,
    entries: readonly PreviewedEntry[],
  ): Promise<(ChargeBound | null)[]> {
    const bounds: (ChargeBound | null)[] = [];
    for (const entry of entries) {
      try {
        const rendered: AdmittedExecution = await this.renderer.render(admitted, {
          ...entry,
          correlationId: null,
        });
        bounds.push(rendered.bound);
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        bounds.push(null);
      }
    }
    return bounds;
  }
}

function toPreview(
  { prompt, targets }: AdmittedRequest,
  bounds: readonly (ChargeBound | null)[],
): ExecutionPreview {
  const prices = targets.map(({ price }) => price?.inputMicrosPerMtok ?? null);
  const isPriced = prices.every((price) => price !== null);
  return {
    prompt,
    models: targets.map(({ provider, modelName }) => ({ provider, modelName })),
    bounds,
    inputTokenPicoUsd: isPriced ? prices.reduce((most, each) => (each > most ? each : most), 0n) : null,
  };
}
