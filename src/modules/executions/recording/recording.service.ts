import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { DatabaseClock } from '../../../infra/database/index.js';
import { parseRfc3339, RawAnswer } from '../../../infra/http/index.js';
import { heavyWork, LedgerError } from '../../../kernel/index.js';
import type { Actor } from '../../audit/index.js';
import type { CompiledPrompt, RenderedPrompt } from '../../../templating/index.js';
import { PriceReads } from '../../models/index.js';
import { type MaskRules, ProjectPolicies } from '../../projects/index.js';
import { type FoundVersion, type ResolvedVersion, VersionLookup } from '../../prompts/index.js';
import { DEFAULT_ENVIRONMENT } from '../admission/execution-request.js';
import { KEY_TAKEN, storedAnswer, type UsedKey } from '../idempotency/index.js';
import type { OutputCheck } from '../calls/output-check.js';
import { OutputChecker } from '../calls/output-checker.js';
import { Intake } from '../intake/intake.js';
import { keepMasked, type KeptContent, maskVariables } from '../masking/index.js';
import { type Recording, recordedRow } from './recorded-row.js';
import type {
  RecordAnswerDto,
  RecordDto,
  RecordedDto,
  RecordEntryDto,
  RejectedDto,
} from './recording.dto.js';
import { RecordingRepository } from './recording.repository.js';

/** The exact text of a part of an entry; null when it was left out. */
export type EntrySource = (index: number, ...path: string[]) => string | null;

/** Executions that clients made themselves. They are over when they come, so neither queue nor provider has part in it. */
@Injectable()
export class RecordingService {
  constructor(
    private readonly config: AppConfig,
    private readonly versions: VersionLookup,
    private readonly prices: PriceReads,
    private readonly recordings: RecordingRepository,
    private readonly intake: Intake,
    private readonly databaseClock: DatabaseClock,
    private readonly policies: ProjectPolicies,
    private readonly outputs: OutputChecker,
  ) {}

  /**
   * Records the valid entries, durable when it answers, all in one commit: 200 with a {@link RecordAnswerDto}, which names
   * what cannot. That one of them is wrong is no reason to lose the others: they have happened.
   * @throws what {@link Intake.record} throws.
   */
  record(actor: Actor, request: RecordDto, sourceOf: EntrySource, key: UsedKey | null): Promise<RawAnswer> {
    return this.intake.record(actor.projectId, key, () =>
      this.recordOnce(actor, request.executions, sourceOf, key),
    );
  }

  private async recordOnce(
    { projectId, name: requestedBy, keyId }: Actor,
    entries: readonly RecordEntryDto[],
    sourceOf: EntrySource,
    key: UsedKey | null,
  ): Promise<RawAnswer | typeof KEY_TAKEN> {
    const found = await this.versions.findAll(projectId, entries.map(wantedVersion));
    const { maskRules } = await this.policies.get(projectId);
    const createdAt = this.databaseClock.now();
    const rows: string[] = [];
    const recorded: RecordedDto[] = [];
    const rejected: RejectedDto[] = [];
    for (const [index, entry] of entries.entries()) {
      try {
        const { version, compiled, resolvedBy } = toVersion(found[index] as FoundVersion);
        const executionId = this.databaseClock.newId();
        const facts = { entry, executionId, requestedBy, keyId, createdAt, version, resolvedBy };
        const part = (...path: string[]) => sourceOf(index, ...path);
        const price = await this.findPrice(projectId, entry);
        const output = await this.checkOutput(version, entry);
        const rendered = await this.render(compiled, entry);
        const kept = await this.keep(maskRules, compiled, rendered, part('variables') ?? '{}');
        rows.push(await heavyWork.run(() => this.rowText({ ...facts, price, output, rendered, kept }, part)));
        recorded.push({ index, execution_id: executionId, version_number: version.versionNumber });
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        rejected.push(toRejected(error, index));
      }
    }
    const body: RecordAnswerDto = { recorded, rejected };
    const answer = RawAnswer.json(200, JSON.stringify(body));
    const executionIds = recorded.map(({ execution_id: id }) => id);
    const written = { projectId, executionIds, rows, key, answer: storedAnswer(answer) };
    return (await this.recordings.insert(written)) ? answer : KEY_TAKEN;
  }

  /** Null where there is nothing to hold the answer to. */
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

  /** The price when the call was made, however much later that is told. */
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

  private rowText(
    facts: Pick<
      Recording,
      | 'entry'
      | 'executionId'
      | 'requestedBy'
      | 'keyId'
      | 'createdAt'
      | 'version'
      | 'resolvedBy'
      | 'price'
      | 'output'
      | 'rendered'
      | 'kept'
    >,
    part: (...path: string[]) => string | null,
  ): string {
    const { MAX_RESPONSE_BYTES: maxResponseBytes } = this.config.env;
    const { usage } = facts.entry;
    return JSON.stringify(
      recordedRow({
        ...facts,
        variablesJson: part('variables') ?? '{}',
        usageJson: (usage?.raw ?? null) === null ? null : part('usage', 'raw'),
        maxResponseBytes,
      }),
    );
  }
}

function wantedVersion(entry: RecordEntryDto) {
  return {
    promptName: entry.prompt_name,
    environment: entry.environment ?? DEFAULT_ENVIRONMENT,
    versionNumber: entry.version_number ?? null,
    templateHash: entry.template_hash ?? null,
  };
}

function toVersion(found: FoundVersion): Exclude<FoundVersion, { refusal: LedgerError }> {
  if ('refusal' in found) throw found.refusal;
  return found;
}

function toRejected({ code, message: detail, errors }: LedgerError, index: number): RejectedDto {
  if (errors === undefined) return { index, code, detail };
  const inBody = errors.map(({ pointer, message }) => ({
    pointer: `/executions/${index}${pointer}`,
    message,
  }));
  return { index, code, detail, errors: inBody };
}
