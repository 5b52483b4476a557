import { Webhook } from 'standardwebhooks';
import { deriveSigningKey, formatSecret, signatureHeaders } from './signing.js';

const PROJECT = '01990f3e-7c1a-7d52-9a3e-5b1f0c2d4e6f';
const OTHER = '01990f3e-7c1a-7d52-9a3e-5b1f0c2d4e70';
const body = '{"type":"execution.succeeded","data":{"name":"Zoë"}}';
const salt = Buffer.alloc(32, 1);

function sign(keys: readonly Buffer[]): Record<string, string> {
  const timestampS = Math.floor(Date.now() / 1000);
  return signatureHeaders({ id: 'event-1', timestampS, body }, keys);
}

describe('signatures', () => {
  const key = deriveSigningKey('secret', PROJECT, salt);
  const older = deriveSigningKey('secret', PROJECT, Buffer.alloc(32, 2));

  it('are what the reference library of Standard Webhooks verifies', () => {
    expect(new Webhook(formatSecret(key)).verify(body, sign([key]))).toEqual(JSON.parse(body));
  });

  it('verify by either secret while both are good', () => {
    const headers = sign([key, older]);
    for (const one of [key, older]) {
      expect(new Webhook(formatSecret(one)).verify(body, headers)).toEqual(JSON.parse(body));
    }
  });

  it.each([
    ['another salt', older],
    ['another project', deriveSigningKey('secret', OTHER, salt)],
    ['another installation', deriveSigningKey('another', PROJECT, salt)],
  ])('do not verify by the secret of %s', (_, other) => {
    expect(() => new Webhook(formatSecret(other)).verify(body, sign([key]))).toThrow('No matching signature');
  });

  it.each([
    ['body', { body: `${body} ` }],
    ['id', { headers: { 'webhook-id': 'event-2' } }],
    ['time', { headers: { 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 1) } }],
  ])('do not verify for another %s', (_, changed: { body?: string; headers?: Record<string, string> }) => {
    const headers = { ...sign([key]), ...changed.headers };
    expect(() => new Webhook(formatSecret(key)).verify(changed.body ?? body, headers)).toThrow(
      'No matching signature',
    );
  });
});
