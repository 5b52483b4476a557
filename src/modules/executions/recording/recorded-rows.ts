import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { parseRfc3339 } from '../../../infra/http/index.js';
import { heavyWork } from '../../../kernel/index.js';
import type { CompiledPrompt, RenderedPrompt } from '../../../templating/index.js';
import type { OutputCheck } from '../facts/output-check.js';
import { OutputChecker } from '../calls/output-checker.js';
import { keepMasked, type KeptContent, maskVariables } from '../masking/index.js';
import { PriceReads } from '../../models/index.js';
import type { MaskRules } from '../../projects/index.js';
import type { ResolvedVersion } from '../../prompts/index.js';
import { type Recording, recordedRow } from './recorded-row.js';
import type { RecordEntryDto } from './recording.dto.js';

/** An entry whose version was found. */
type FoundEntry = Pick<
  Recording,
  'entry' | 'executionId' | 'requestedBy' | 'keyId' | 'createdAt' | 'version' | 'resolvedBy'
>;

interface RowOptions {
  readonly compiled: CompiledPrompt;
  readonly maskRules: MaskRules | null;
  /** Returns the exact text of a part of the entry; null when it was left out. */
  readonly source: (...path: string[]) => string | null;
}

/** Builds the row of an entry: priced, checked, rendered and masked like one of the ledger's own executions. */
@Injectable()
export class RecordedRows {
  constructor(
    private readonly config: AppConfig,
    private readonly prices: PriceReads,
    private readonly outputs: OutputChecker,
  ) {}

  /**
   * Returns the row as JSON text.
   * @throws ValidationError `VALIDATION_FAILED` for contradictory members.
   * @throws TemplateVariablesMissingError `TEMPLATE_VARIABLES_MISSING`
   * @throws RenderedPromptTooLargeError `RENDERED_PROMPT_TOO_LARGE`
   */
  async write(
    projectId: string,
    found: FoundEntry,
    { compiled, maskRules, source }: RowOptions,
  ): Promise<string> {
    const { entry, version } = found;
    const { MAX_RESPONSE_BYTES: maxResponseBytes } = this.config.env;
    const price = await this.findPrice(projectId, entry);
    const output = await this.checkOutput(version, entry);
    const rendered = await this.render(compiled, entry);
    const variablesJson = source('variables') ?? '{}';
    const kept = await this.keep(maskRules, compiled, rendered, variablesJson);
    return heavyWork.run(() => {
      const usageJson = (entry.usage?.raw ?? null) === null ? null : source('usage', 'raw');
      const known = { price, output, rendered, kept, variablesJson, usageJson, maxResponseBytes };
      return JSON.stringify(recordedRow({ ...found, ...known }));
    });
  }

  /** Returns null when there is no schema to check the answer against. */
  private async checkOutput({ extras }: ResolvedVersion, entry: RecordEntryDto): Promise<OutputCheck | null> {
    const { status, response_text: text, tool_calls: calls, finish_reason: finishReason = null } = entry;
    const format = extras?.responseFormat;
    if (format?.type !== 'json_schema' || status !== 'succeeded') return null;
    const answer = text ?? '';
    const truncated = Buffer.byteLength(answer) > this.config.env.MAX_RESPONSE_BYTES;
    const hasToolCalls = (calls ?? []).length > 0;
    return this.outputs.check(format.json_schema.schema, {
      text: answer,
      truncated,
      finishReason,
      hasToolCalls,
    });
  }

  /** Returns the price at the time of the call, however much later it is recorded. */
  private async findPrice(projectId: string, { model, started_at: at }: RecordEntryDto) {
    const startedAt = parseRfc3339(at) as Date;
    return (await this.prices.findTerms(projectId, model.provider, model.model_name, startedAt)).price;
  }

  private render(compiled: CompiledPrompt, { variables = {} }: RecordEntryDto): Promise<RenderedPrompt> {
    const { MAX_RENDERED_PROMPT_BYTES: maxRenderedBytes } = this.config.env;
    return heavyWork.runSteps(compiled.renderInSteps(variables, { maxRenderedBytes }));
  }

  private async keep(
    maskRules: MaskRules | null,
    compiled: CompiledPrompt,
    rendered: RenderedPrompt,
    variablesJson: string,
  ): Promise<KeptContent | null> {
    const masked = maskRules === null ? null : maskVariables(maskRules, variablesJson);
    if (masked === null) return null;
    const { MAX_RENDERED_PROMPT_BYTES: maxRenderedBytes } = this.config.env;
    return keepMasked(compiled, masked, rendered, { maxRenderedBytes, further: null });
  }
}
