import { Injectable, Logger } from '@nestjs/common';
import type * as OpenIdClient from 'openid-client' with { 'resolution-mode': 'import' };
import { AppConfig, type SignInConfig } from '../../infra/config/index.js';
import { Clock } from '../../kernel/index.js';
import { IdentityProviderUnavailableError, SignInFailedError, SignInNotConfiguredError } from './errors.js';
import { type Claims, type Identity, readIdentity } from './identity.js';
import type { SignInAttempt } from './sign-in-attempts.js';

type Client = typeof OpenIdClient;
type Configuration = OpenIdClient.Configuration;

const TIMEOUT_S = 10;
/** How soon changed endpoints of the provider take effect. */
const DISCOVERY_TTL_MS = 3_600_000;
const SCOPES = 'openid email profile';

interface Discovered {
  readonly configuration: Configuration;
  readonly readAtMs: number;
}

/** The identity provider of `OIDC_ISSUER`, with the authorization code flow. The client package is an ES module, loaded on first use. */
@Injectable()
export class IdentityProvider {
  private readonly logger = new Logger(IdentityProvider.name);
  private discovered: Discovered | null = null;
  private sendsSecretInBody = false;

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** @throws SignInNotConfiguredError `SIGN_IN_NOT_CONFIGURED` */
  get settings(): SignInConfig {
    const { signIn } = this.config;
    if (signIn === null) throw new SignInNotConfiguredError();
    return signIn;
  }

  /**
   * Returns the URL of the provider's sign-in page.
   * @throws IdentityProviderUnavailableError `IDENTITY_PROVIDER_UNAVAILABLE`
   */
  async toLoginUrl({ state, nonce, codeVerifier }: SignInAttempt): Promise<string> {
    const client = await loadClient();
    const configuration = await this.discover(client);
    return client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.redirectUri,
      scope: SCOPES,
      response_type: 'code',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    }).href;
  }

  /**
   * Exchanges the code of an answer, and checks everything that the provider sends: `state` and `iss` of the answer; issuer, audience,
   * times, nonce and signature of the ID token.
   * @param query of the callback, as received.
   * @throws SignInFailedError `SIGN_IN_FAILED` | IdentityProviderUnavailableError `IDENTITY_PROVIDER_UNAVAILABLE`
   */
  async identify(query: string, attempt: SignInAttempt): Promise<Identity> {
    const client = await loadClient();
    const configuration = await this.discover(client);
    const url = new URL(`${this.redirectUri}?${query}`);
    try {
      const tokens = await this.exchange(client, configuration, url, attempt);
      const claims = tokens.claims();
      if (claims === undefined) throw new SignInFailedError('the identity provider sent no ID token');
      const known: Claims =
        claims['email'] === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
          ? {
              ...(await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)),
              sub: claims.sub,
            }
          : claims;
      return readIdentity(claims.iss, known);
    } catch (error) {
      throw this.toSignInError(error);
    }
  }

  private get redirectUri(): string {
    return `${this.settings.publicUrl}/auth/callback`;
  }

  /** Providers expect the secret in different places, and some advertise the wrong one. A code survives a failed try. */
  private async exchange(client: Client, configuration: Configuration, url: URL, attempt: SignInAttempt) {
    const { state, nonce, codeVerifier } = attempt;
    const exchange = () =>
      client.authorizationCodeGrant(configuration, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
      });
    try {
      return await exchange();
    } catch (error) {
      if (!(error instanceof client.ResponseBodyError) || error.error !== 'invalid_client') throw error;
      this.sendsSecretInBody = !this.sendsSecretInBody;
      return exchange();
    }
  }

  private async discover(client: Client): Promise<Configuration> {
    const known = this.discovered;
    const nowMs = this.clock.monotonicMs();
    if (known !== null && nowMs - known.readAtMs < DISCOVERY_TTL_MS) return known.configuration;
    const { issuer, clientId, clientSecret } = this.settings;
    const [inHeader, inBody] = [
      client.ClientSecretBasic(clientSecret),
      client.ClientSecretPost(clientSecret),
    ];
    const authenticate: typeof inBody = (...request) =>
      this.sendsSecretInBody ? inBody(...request) : inHeader(...request);
    try {
      const configuration = await client.discovery(new URL(issuer), clientId, undefined, authenticate, {
        timeout: TIMEOUT_S,
        execute: [
          // The package relies on TLS for tokens directly from the provider, but checking a signature is too cheap to skip.
          client.enableNonRepudiationChecks,
          // eslint-disable-next-line @typescript-eslint/no-deprecated -- The configuration allows http on loopback only.
          ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
        ],
      });
      const ways = configuration.serverMetadata().token_endpoint_auth_methods_supported;
      this.sendsSecretInBody = ways !== undefined && !ways.includes('client_secret_basic');
      this.discovered = { configuration, readAtMs: nowMs };
      return configuration;
    } catch (error) {
      this.logFailure(error, 'the identity provider was not discovered');
      throw new IdentityProviderUnavailableError(error);
    }
  }

  private toSignInError(error: unknown): Error {
    if (error instanceof SignInFailedError) return error;
    this.logFailure(error, 'a sign-in failed');
    const isUnreachable =
      error instanceof TypeError || Reflect.get(Object(error), 'code') === 'OAUTH_TIMEOUT';
    return isUnreachable ? new IdentityProviderUnavailableError(error) : new SignInFailedError();
  }

  /** Logs only names and codes, because messages may quote claims. */
  private logFailure(error: unknown, message: string): void {
    const { name, code }: { name?: unknown; code?: unknown } = Object(error) as object;
    this.logger.warn({ errorName: String(name), code: String(code) }, message);
  }
}

function loadClient(): Promise<Client> {
  return import('openid-client');
}
