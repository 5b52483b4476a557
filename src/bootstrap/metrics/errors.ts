import { LedgerError } from '../../kernel/index.js';

/** 401 `METRICS_TOKEN_INVALID`: the request lacks the value of `METRICS_TOKEN`. */
export class MetricsTokenError extends LedgerError {
  constructor() {
    super({
      code: 'METRICS_TOKEN_INVALID',
      status: 401,
      title: 'No valid metrics token',
      detail: 'Send the value of METRICS_TOKEN as "Authorization: Bearer <token>".',
      headers: { 'WWW-Authenticate': 'Bearer realm="prompt-ledger metrics"' },
    });
  }
}
