import type { ScorerKind } from '../../../entities/index.js';
import { JsonSource } from '../../../kernel/index.js';
import type { ParamsDto } from '../../executions/index.js';
import type { CheckName, JudgeDefinition, Scale, ScorerDefinition } from '../scorer-definition.js';

/** A definition as it is stored. */
interface StoredDefinition {
  readonly check: CheckName;
  readonly path?: string;
  readonly negate?: boolean;
  readonly threshold?: number;
  readonly source: string;
  readonly prompt_name: string;
  readonly version_number: number;
  readonly prompt_checksum_hash: string;
  readonly model: JudgeDefinition['model'];
  readonly params: ParamsDto;
  readonly labels?: Readonly<Record<string, boolean>>;
  readonly min?: number;
  readonly max?: number;
}

/** @param json as `readDefinition` wrote it. */
export function parseDefinition(kind: ScorerKind, json: string): ScorerDefinition {
  const stored = JSON.parse(json) as StoredDefinition;
  const { threshold = null } = stored;
  switch (kind) {
    case 'check': {
      const { check, path = null, negate = false } = stored;
      return { kind, check, valueJson: new JsonSource(json).find(['value']), path, negate, threshold };
    }
    case 'code':
      return { kind, source: stored.source, threshold };
    case 'judge':
      return {
        kind,
        promptName: stored.prompt_name,
        versionNumber: stored.version_number,
        promptChecksum: stored.prompt_checksum_hash,
        model: stored.model,
        params: stored.params,
        ...toScale(stored),
      };
    case 'human':
      return { kind, ...toScale(stored) };
  }
}

function toScale({ labels, min, max, threshold }: StoredDefinition): Scale {
  return {
    labels: labels ?? null,
    min: min ?? null,
    max: max ?? null,
    threshold: threshold ?? null,
  };
}
