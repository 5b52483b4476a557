import type { ScorerKind } from '../../entities/index.js';
import type { ScorerDefinition } from './scorer-definition.js';

/** One version of a scorer, with its definition. */
export interface ScorerVersion {
  readonly scorerId: string;
  readonly scorerVersionId: string;
  readonly name: string;
  readonly kind: ScorerKind;
  readonly versionNumber: number;
  readonly checksumHash: string;
  readonly definition: ScorerDefinition;
}
