import type { ValueMask } from '../../executions/index.js';
import type { Verdict } from '../verdict.js';

/** Masks a verdict before it is kept, because code may quote the variables. */
export function maskVerdict(verdict: Verdict, values: ValueMask): Verdict {
  if (verdict.kind === 'error') return { ...verdict, message: values.maskText(verdict.message) };
  const maskText = (text: string | null) => (text === null ? null : values.maskText(text));
  return { ...verdict, label: maskText(verdict.label), explanation: maskText(verdict.explanation) };
}
