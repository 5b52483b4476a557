/** Every prompt of this program: reviewed and released with it. The names are those of the ledger. */
export const Prompts = {
  SHIPPING_NOTICE: 'Tell {{customer}} in one friendly sentence that order {{order_id}} is on its way.',
  REVIEW_REQUEST: 'Ask {{customer}} for a review of: {{product}}.',
} as const;
