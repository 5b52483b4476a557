import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { parseDefinition } from './definitions/parse-definition.js';
import { ScorerNotFoundError, ScorerVersionNotFoundError } from './errors.js';
import type { ScorerVersion } from './scorer-version.js';
import { type ScorerRecord, ScorersRepository } from './scorers.repository.js';

/** Finds versions of scorers for scoring. */
@Injectable()
export class ScorerCatalogue {
  constructor(private readonly scorers: ScorersRepository) {}

  /**
   * @param versionNumber null for the newest version.
   * @throws ScorerNotFoundError `SCORER_NOT_FOUND` | ScorerVersionNotFoundError `SCORER_VERSION_NOT_FOUND`
   */
  async getVersion(
    tx: EntityManager,
    projectId: string,
    name: string,
    versionNumber: number | null,
  ): Promise<ScorerVersion> {
    const found = await this.scorers.findVersion(tx, projectId, name, versionNumber);
    if (found !== null) return toScorerVersion(found);
    const isThere = versionNumber !== null && (await this.scorers.findId(tx, projectId, name)) !== null;
    throw isThere ? new ScorerVersionNotFoundError(name, versionNumber) : new ScorerNotFoundError(name);
  }

  /** Finds versions of deleted scorers, too. */
  async findVersionById(
    tx: EntityManager,
    projectId: string,
    scorerVersionId: string,
  ): Promise<ScorerVersion | null> {
    const found = await this.scorers.findVersionById(tx, projectId, scorerVersionId);
    return found === null ? null : toScorerVersion(found);
  }
}

export function toScorerVersion(record: ScorerRecord): ScorerVersion {
  const { scorerId, scorerVersionId, name, kind, versionNumber, checksumHash, definitionJson } = record;
  const definition = parseDefinition(kind, definitionJson);
  return { scorerId, scorerVersionId, name, kind, versionNumber, checksumHash, definition };
}
