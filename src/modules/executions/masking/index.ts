export { findMaskedValues } from './find-masked-values.js';
export { keepMasked, type KeptContent } from './kept-content.js';
export { maskOutcome } from './mask-outcome.js';
export { type MaskedVariables, maskVariables } from './mask-variables.js';
export { type QueuedContent, toQueuedContent } from './queued-content.js';
export { MASKED, ValueMask } from './value-mask.js';
