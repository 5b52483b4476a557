import type { Scorer } from '@prompt-ledger/client';

/** The scale on which a person scores: labels, or the numbers of a range. */
export type Scale =
  | {
      readonly kind: 'labels';
      readonly labels: readonly { readonly name: string; readonly passes: boolean }[];
    }
  | { readonly kind: 'range'; readonly min: number; readonly max: number };

/** Returns the scale in the newest version of a scorer for people. */
export function readScale({ latest_version: { definition } }: Scorer): Scale {
  const { labels, min, max } = definition as {
    labels?: Readonly<Record<string, boolean>> | null;
    min?: number | null;
    max?: number | null;
  };
  if (labels != null) {
    return { kind: 'labels', labels: Object.entries(labels).map(([name, passes]) => ({ name, passes })) };
  }
  return { kind: 'range', min: min ?? 0, max: max ?? 1 };
}
