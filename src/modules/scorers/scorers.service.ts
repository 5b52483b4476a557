import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../infra/database/index.js';
import { decodeCursor, toPage, SourcedJson } from '../../infra/http/index.js';
import { heavyWork, PROMPT_NAME } from '../../kernel/index.js';
import { type Actor, AuditService } from '../audit/index.js';
import { DefinitionChecker } from './definitions/definition-checker.js';
import { readDefinition } from './definitions/read-definition.js';
import { listWarnings } from './definitions/list-warnings.js';
import { writeDefinition, type WrittenDefinition } from './definitions/write-definition.js';
import { ScorerKindMismatchError, ScorerNotFoundError } from './errors.js';
import { ScorersRepository } from './scorers.repository.js';
import { scorerJson, scorerVersionJson } from './scorer-views.js';
import type { ListScorersQueryDto, PutScorerDto, PutScorerResultDto } from './scorers.dto.js';

/** Manages scorers and their versions. */
@Injectable()
export class ScorersService {
  constructor(
    private readonly scope: TenantScope,
    private readonly scorers: ScorersRepository,
    private readonly checker: DefinitionChecker,
    private readonly audit: AuditService,
  ) {}

  /**
   * Creates a scorer, or adds a version to it. A definition that it has had before selects that version again.
   * @param valueJson the text of `value` as sent; null when left out.
   * @throws ValidationError `VALIDATION_FAILED` | ScorerInvalidError `SCORER_INVALID` for a definition that cannot be used.
   * @throws ScorerKindMismatchError `SCORER_KIND_MISMATCH` for a scorer of another kind.
   * @throws PromptNotFoundError | VersionNotFoundError | NoActiveVersionError | ModelNotFoundError for what a judge refers to.
   */
  async put(
    actor: Actor,
    name: string,
    request: PutScorerDto,
    valueJson: string | null,
  ): Promise<PutScorerResultDto> {
    const draft = await this.checker.complete(actor.projectId, readDefinition(request, valueJson));
    const written = await heavyWork.run(() => writeDefinition(draft));
    await this.checker.assertUsable(written.definition);
    return this.scope.transaction(actor.projectId, async (tx) => {
      const { projectId, name: createdBy } = actor;
      const { kind } = request;
      const scorer = await this.scorers.findOrCreateLocked(tx, projectId, name, kind);
      if (scorer.kind !== kind) throw ScorerKindMismatchError.ofPut(name, scorer.kind);
      const known = await this.scorers.findByChecksum(tx, scorer, written.checksumHash);
      if (known !== null) return putResult(scorer, known, false, written);
      const versionNumber = (await this.scorers.highestNumber(tx, scorer)) + 1;
      const { json: definitionJson, checksumHash } = written;
      const { scorerId } = scorer;
      await this.scorers.insertVersion(tx, {
        projectId,
        scorerId,
        versionNumber,
        definitionJson,
        checksumHash,
        createdBy,
      });
      await this.audit.append(tx, actor, {
        action: 'scorer.put',
        subject: `scorer/${name}`,
        subjectId: scorerId,
        before: versionNumber === 1 ? null : { version_number: versionNumber - 1 },
        after: { kind, version_number: versionNumber, checksum_hash: checksumHash },
      });
      return putResult(scorer, versionNumber, true, written);
    });
  }

  /** Lists by name, as a `ScorerListDto` with definitions as sent. */
  async list(projectId: string, query: ListScorersQueryDto): Promise<SourcedJson> {
    const filter = { kind: query.kind, afterName: afterName(query.cursor), limit: query.limit + 1 };
    const found = await this.scope.transaction(projectId, (tx) => this.scorers.list(tx, projectId, filter));
    const { entries, nextCursor } = toPage(found, query.limit, ({ name }) => name);
    const scorers = `[${entries.map(scorerJson).join(',')}]`;
    return new SourcedJson({ next_cursor: nextCursor }, { scorers });
  }

  /** Returns a `ScorerDto`. @throws ScorerNotFoundError `SCORER_NOT_FOUND` */
  async get(projectId: string, name: string): Promise<string> {
    const found = await this.scope.transaction(projectId, (tx) =>
      this.scorers.findVersion(tx, projectId, name, null),
    );
    if (found === null) throw new ScorerNotFoundError(name);
    return scorerJson(found);
  }

  /** Lists the newest first, as `ScorerVersionDto`s. @throws ScorerNotFoundError `SCORER_NOT_FOUND` */
  async listVersions(projectId: string, name: string): Promise<string> {
    const found = await this.scope.transaction(projectId, async (tx) => {
      const scorerId = await this.scorers.findId(tx, projectId, name);
      if (scorerId === null) throw new ScorerNotFoundError(name);
      return this.scorers.listVersions(tx, projectId, scorerId);
    });
    return `[${found.map(scorerVersionJson).join(',')}]`;
  }

  /** Frees the name; scores stay readable. @throws ScorerNotFoundError `SCORER_NOT_FOUND` */
  async delete(actor: Actor, name: string): Promise<void> {
    const { projectId } = actor;
    await this.scope.transaction(projectId, async (tx) => {
      const scorer = await this.scorers.findLocked(tx, projectId, name);
      if (scorer === null) throw new ScorerNotFoundError(name);
      await this.scorers.markDeleted(tx, scorer);
      await this.audit.append(tx, actor, {
        action: 'scorer.delete',
        subject: `scorer/${name}`,
        subjectId: scorer.scorerId,
        before: { scorer_id: scorer.scorerId, kind: scorer.kind },
      });
    });
  }
}

function putResult(
  {
    scorerId,
    name,
    kind,
  }: { readonly scorerId: string; readonly name: string; readonly kind: PutScorerDto['kind'] },
  versionNumber: number,
  isNew: boolean,
  { checksumHash, definition }: WrittenDefinition,
): PutScorerResultDto {
  return {
    scorer: { scorer_id: scorerId, name, kind },
    version: { version_number: versionNumber, checksum_hash: checksumHash },
    version_change: isNew,
    warnings: listWarnings(definition),
  };
}

function afterName(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  return decodeCursor(cursor, (name) => (typeof name === 'string' && PROMPT_NAME.test(name) ? name : null));
}
