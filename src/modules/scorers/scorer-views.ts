import type { ScorerRecord, ScorerVersionRecord } from './scorers.repository.js';

/** Returns a `ScorerVersionDto` as JSON text, because a definition keeps the numbers in its `value` as sent. */
export function scorerVersionJson(version: ScorerVersionRecord): string {
  const { versionNumber, checksumHash, definitionJson, createdBy, createdAt } = version;
  const facts = JSON.stringify({
    version_number: versionNumber,
    checksum_hash: checksumHash,
    created_by: createdBy,
    created_at: createdAt.toISOString(),
  });
  return `${facts.slice(0, -1)},"definition":${definitionJson}}`;
}

/** Returns a `ScorerDto` as JSON text. */
export function scorerJson(record: ScorerRecord): string {
  const { scorerId, name, kind, scorerCreatedAt, scorerUpdatedAt } = record;
  const facts = JSON.stringify({
    scorer_id: scorerId,
    name,
    kind,
    created_at: scorerCreatedAt.toISOString(),
    updated_at: scorerUpdatedAt.toISOString(),
  });
  return `${facts.slice(0, -1)},"latest_version":${scorerVersionJson(record)}}`;
}
