import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../../infra/database/index.js';
import { RawAnswer } from '../../../infra/http/index.js';
import { LedgerError } from '../../../kernel/index.js';
import type { Actor } from '../../audit/index.js';
import { ProjectPolicies } from '../../projects/index.js';
import { type FoundVersion, VersionLookup } from '../../prompts/index.js';
import { DEFAULT_ENVIRONMENT } from '../admission/execution-request.js';
import { KEY_TAKEN, storedAnswer, type UsedKey } from '../idempotency/index.js';
import { Intake } from '../intake/intake.js';
import { RecordedRows } from './recorded-rows.js';
import type {
  RecordAnswerDto,
  RecordDto,
  RecordedDto,
  RecordEntryDto,
  RejectedDto,
} from './recording.dto.js';
import { RecordingRepository } from './recording.repository.js';

/** Returns the exact text of a part of an entry; null when it was left out. */
export type EntrySource = (index: number, ...path: string[]) => string | null;

/** Records executions that clients made themselves. They are already final, so they touch neither queue nor provider. */
@Injectable()
export class RecordingService {
  constructor(
    private readonly intake: Intake,
    private readonly versions: VersionLookup,
    private readonly policies: ProjectPolicies,
    private readonly rows: RecordedRows,
    private readonly recordings: RecordingRepository,
    private readonly databaseClock: DatabaseClock,
  ) {}

  /**
   * Records the valid entries in one commit, durable when it answers 200 with a {@link RecordAnswerDto}, which names the
   * refused ones. A faulty entry does not cost the others, because they have already happened.
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
        const made = { entry, executionId, requestedBy, keyId, createdAt, version, resolvedBy };
        const source = (...path: string[]) => sourceOf(index, ...path);
        rows.push(await this.rows.write(projectId, made, { compiled, maskRules, source }));
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
