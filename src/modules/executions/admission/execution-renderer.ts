import { Injectable } from '@nestjs/common';
import type { StoredArm } from '../../../entities/index.js';
import { AppConfig } from '../../../infra/config/index.js';
import { heavyWork } from '../../../kernel/index.js';
import type { CompiledPrompt } from '../../../templating/index.js';
import { ProviderRegistry } from '../../providers/index.js';
import { keepMasked, type MaskedVariables, maskVariables } from '../masking/index.js';
import type { ExecutionEntryDto } from '../wire/execute.dto.js';
import { type ExecutionMetadata, metadataOrNull } from '../wire/execution-metadata.js';
import { boundedChat } from './bounded-chat.js';
import { boundCharge } from './charge-bound.js';
import {
  type AdmittedExecution,
  type AdmittedRequest,
  getCompiled,
  NO_EXTRAS,
  toProviderMessages,
} from './execution-request.js';
import { joinMessages, type SentPrompt } from '../facts/sent-prompt.js';

/** The members in which the executions of a request differ. */
export interface ExecutionEntry {
  readonly variables: Record<string, unknown> | undefined;
  /** The text of `variables` as received; null when they were left out. */
  readonly variablesJson: string | null;
  readonly correlationId: string | null;
  readonly metadata?: ExecutionMetadata | null | undefined;
  /** The arm of a batch's entry; left out: that of the request. */
  readonly arm?: StoredArm;
}

/** Renders, masks and bounds each execution that an admitted request asks for. */
@Injectable()
export class ExecutionRenderer {
  constructor(
    private readonly config: AppConfig,
    private readonly registry: ProviderRegistry,
  ) {}

  /**
   * Renders at once, or in a later turn of the event loop when this one has done enough heavy work.
   * @throws TemplateVariablesMissingError `TEMPLATE_VARIABLES_MISSING`
   * @throws RenderedPromptTooLargeError `RENDERED_PROMPT_TOO_LARGE`
   */
  render(admitted: AdmittedRequest, entry: ExecutionEntry): AdmittedExecution | Promise<AdmittedExecution> {
    const { MAX_RENDERED_PROMPT_BYTES: maxRenderedBytes } = this.config.env;
    const compiled = getCompiled(admitted);
    if (compiled === null) {
      const messages = admitted.bare?.messages ?? [];
      return this.withRendered(admitted, entry, boundedChat(messages, maxRenderedBytes));
    }
    if (admitted.maskRules !== null) {
      const masked = maskVariables(admitted.maskRules, entry.variablesJson ?? '{}');
      if (masked !== null) return this.renderMasked(admitted, entry, compiled, masked);
    }
    const steps = compiled.renderInSteps(entry.variables ?? {}, { maxRenderedBytes });
    // Most prompts render in one step, and most turns have room for it.
    if (heavyWork.hasRoom) {
      const first = heavyWork.runNow(() => steps.next());
      if (first.done === true) return this.withRendered(admitted, entry, first.value);
    }
    return heavyWork.runSteps(steps).then((rendered) => this.withRendered(admitted, entry, rendered));
  }

  /** Renders both what is sent and what is kept. Skips the cache, because a masked answer is of no use to another request. */
  private async renderMasked(
    admitted: AdmittedRequest,
    entry: ExecutionEntry,
    compiled: CompiledPrompt,
    masked: MaskedVariables,
  ): Promise<AdmittedExecution> {
    const { MAX_RENDERED_PROMPT_BYTES: maxRenderedBytes } = this.config.env;
    const steps = compiled.renderInSteps(entry.variables ?? {}, { maxRenderedBytes });
    const sent = this.withRendered(admitted, entry, await heavyWork.runSteps(steps));
    const options = { maxRenderedBytes, further: admitted.furtherMessages };
    const kept = await keepMasked(compiled, masked, sent.rendered, options);
    return { ...sent, cacheTtlS: null, kept };
  }

  /** Lists each member, because a spread of this many costs more than the rest of the function. */
  private withRendered(admitted: AdmittedRequest, entry: ExecutionEntry, own: SentPrompt): AdmittedExecution {
    const { targets, params, extras, furtherMessages: further } = admitted;
    const { MAX_RENDERED_PROMPT_BYTES: maxBytes } = this.config.env;
    const rendered = further === null ? own : boundedChat(joinMessages(own, further), maxBytes);
    const messages = toProviderMessages(rendered);
    const charged = extras === NO_EXTRAS ? { messages, params } : { messages, params, ...extras };
    return {
      prompt: admitted.prompt,
      bare: admitted.bare,
      isBareByMemory: admitted.isBareByMemory,
      furtherMessages: further,
      targets,
      routeName: admitted.routeName,
      extras,
      params,
      environment: admitted.environment,
      timeoutMs: admitted.timeoutMs,
      maxAttempts: admitted.maxAttempts,
      onUnknown: admitted.onUnknown,
      onBudget: admitted.onBudget,
      cacheTtlS: admitted.cacheTtlS,
      callbackUrl: admitted.callbackUrl,
      maskRules: admitted.maskRules,
      batchId: admitted.batchId,
      correlationId: entry.correlationId,
      arm: entry.arm ?? admitted.prompt?.arm ?? null,
      metadata: metadataOrNull(entry.metadata),
      variablesJson: entry.variablesJson ?? '{}',
      rendered,
      messages,
      kept: null,
      bound: boundCharge(targets, charged, ({ provider }) => this.registry.get(provider)),
    };
  }
}

export function toEntry(
  {
    variables,
    correlation_id: correlationId = null,
    metadata,
  }: Pick<ExecutionEntryDto, 'variables' | 'correlation_id' | 'metadata'>,
  variablesJson: string | null,
): ExecutionEntry {
  return { variables, variablesJson, correlationId, metadata };
}
