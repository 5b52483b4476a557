import { createHmac } from 'node:crypto';

/** Keeps these keys apart from everything else that is made with the same secret. */
const KEY_TAG = 'prompt-ledger webhook secret 1\n';
/** The prefix by which Standard Webhooks mark a symmetric secret. */
const SECRET_PREFIX = 'whsec_';

/** The key of 32 bytes that a project's events are signed with. It is never stored, only its salt is. */
export function deriveSigningKey(keyHashSecret: string, projectId: string, salt: Buffer): Buffer {
  return createHmac('sha256', keyHashSecret).update(KEY_TAG).update(projectId).update(salt).digest();
}

/** The form that receivers are given. */
export function formatSecret(signingKey: Buffer): string {
  return SECRET_PREFIX + signingKey.toString('base64');
}

export interface SignedContent {
  readonly id: string;
  readonly timestampS: number;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks (https://www.standardwebhooks.com).
 * @param signingKeys all that receivers may know: while a rotated secret is still good, its signature is there too.
 */
export function signatureHeaders(
  { id, timestampS, body }: SignedContent,
  signingKeys: readonly Buffer[],
): Record<string, string> {
  const content = `${id}.${timestampS}.${body}`;
  const signatures = signingKeys.map((key) => createHmac('sha256', key).update(content).digest('base64'));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampS),
    'webhook-signature': signatures.map((signature) => `v1,${signature}`).join(' '),
  };
}
