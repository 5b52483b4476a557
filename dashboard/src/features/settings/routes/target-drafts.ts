import type { Model, PutRouteTarget, RouteStrategy, RouteTarget } from '@prompt-ledger/client';

/** One model of a route in the form. */
export interface TargetDraft {
  readonly key: number;
  /** `provider/model_name`; empty while none is chosen. */
  readonly model: string;
  readonly weight: string;
}

let lastKey = 0;

export function newTarget(model = '', weight = '1'): TargetDraft {
  lastKey += 1;
  return { key: lastKey, model, weight };
}

export function toDrafts(targets: readonly RouteTarget[]): readonly TargetDraft[] {
  return targets.map(({ provider, model_name: name, weight }) =>
    newTarget(`${provider}/${name}`, String(weight ?? 1)),
  );
}

/** Reads the lines, without those that lack a model. */
export function readTargets(
  drafts: readonly TargetDraft[],
  models: readonly Model[],
  strategy: RouteStrategy,
): readonly PutRouteTarget[] {
  return drafts
    .filter(({ model }) => model !== '')
    .map(({ model, weight }) => {
      const slash = model.indexOf('/');
      const known = models.find(({ id }) => id === model);
      const target = {
        provider: known?.provider ?? model.slice(0, slash),
        model_name: known?.model_name ?? model.slice(slash + 1),
      };
      return strategy === 'weights' ? { ...target, weight: Number(weight) } : target;
    });
}
