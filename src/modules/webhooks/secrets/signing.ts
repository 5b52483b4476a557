import { createHmac } from 'node:crypto';

/** Separates these keys from everything else derived from the same secret. */
const KEY_TAG = 'prompt-ledger webhook secret 1\n';
/** The prefix of a symmetric secret in Standard Webhooks. */
const SECRET_PREFIX = 'whsec_';

/** Derives the 32-byte key that signs a project's events. Only its salt is stored. */
export function deriveSigningKey(keyHashSecret: string, projectId: string, salt: Buffer): Buffer {
  return createHmac('sha256', keyHashSecret).update(KEY_TAG).update(projectId).update(salt).digest();
}

/** Returns the key in the form that receivers use. */
export function formatSecret(signingKey: Buffer): string {
  return SECRET_PREFIX + signingKey.toString('base64');
}

export interface SignedContent {
  readonly id: string;
  readonly timestampS: number;
  readonly body: string;
}

/**
 * Returns the headers of Standard Webhooks (https://www.standardwebhooks.com).
 * @param signingKeys all keys that receivers may use: while a rotated secret is still valid, the headers include its signature too.
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
