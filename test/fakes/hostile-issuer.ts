import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Claims = Readonly<Record<string, unknown>>;

const HOUR_S = 3600;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * An OpenID provider that says whatever a test wants. It has no pages: a test builds the callback address itself.
 * Unset members are those of an honest provider.
 */
export class HostileIssuer {
  /** Overrides of the claims of the next ID tokens; undefined removes one. */
  claims: Claims = {};
  /** Overrides of the answer of the token endpoint. */
  tokens: Claims = {};
  /** The signature: `none` omits it, and `foreign` uses a key that nobody has published. */
  signature: 'own' | 'foreign' | 'none' = 'own';
  /** Bodies and headers that the token endpoint received. */
  readonly exchanges: { readonly body: URLSearchParams; readonly authorization: string | undefined }[] = [];
  private nonce = '';
  private readonly own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });

  private constructor(
    private readonly server: Server,
    private readonly clientId: string,
    private readonly metadata: Claims,
  ) {}

  /** @param metadata overrides of the discovery document. */
  static async start(clientId: string, metadata: Claims = {}): Promise<HostileIssuer> {
    const server = createServer();
    const issuer = new HostileIssuer(server, clientId, metadata);
    server.on('request', (request: IncomingMessage, response) => {
      void issuer.answer(request).then((body) => {
        response.writeHead(body === null ? 404 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.claims = {};
    this.tokens = {};
    this.signature = 'own';
  }

  /**
   * Returns the callback address of a sign-in that the ledger has begun.
   * @param overrides of its query; undefined removes a parameter.
   */
  leadBack(loginUrl: string, changes: Readonly<Record<string, string | undefined>> = {}): string {
    const { searchParams: asked } = new URL(loginUrl);
    this.nonce = asked.get('nonce') ?? '';
    const query = { code: 'a-code', state: asked.get('state') ?? '', iss: this.url, ...changes };
    const url = new URL(asked.get('redirect_uri') ?? '');
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value);
    return url.href;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage): Promise<unknown> {
    const body = await text(request);
    switch (request.url) {
      case '/.well-known/openid-configuration':
        return this.discovery();
      case '/jwks':
        return {
          keys: [{ ...this.own.publicKey.export({ format: 'jwk' }), kid: 'own', alg: 'RS256', use: 'sig' }],
        };
      case '/token':
        this.exchanges.push({
          body: new URLSearchParams(body),
          authorization: request.headers.authorization,
        });
        return {
          access_token: 'an-access-token',
          token_type: 'bearer',
          id_token: this.idToken(),
          ...this.tokens,
        };
      default:
        return null;
    }
  }

  private discovery(): Claims {
    return {
      issuer: this.url,
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      jwks_uri: `${this.url}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
      ...this.metadata,
    };
  }

  private idToken(): string {
    const nowS = Math.floor(Date.now() / 1000);
    const times = { iat: nowS, exp: nowS + HOUR_S };
    const honest = { iss: this.url, aud: this.clientId, sub: 'mallory', nonce: this.nonce, ...times };
    const header = { alg: this.signature === 'none' ? 'none' : 'RS256', kid: 'own' };
    const signed = `${encode(header)}.${encode({ ...honest, email: null, ...this.claims })}`;
    if (this.signature === 'none') return `${signed}.`;
    const key: KeyObject = (this.signature === 'own' ? this.own : this.foreign).privateKey;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
  }
}
