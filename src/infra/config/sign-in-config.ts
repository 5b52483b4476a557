import { ConfigurationError } from './configuration-error.js';
import type { Environment } from './environment.js';

/** The identity provider that people sign in with. */
export interface SignInConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The origin that browsers use to reach this service. */
  readonly publicUrl: string;
  /** In lower case. */
  readonly adminEmails: readonly string[];
}

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** @returns null when no identity provider is configured. */
export function readSignInConfig(env: Environment): SignInConfig | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = env;
  const { PUBLIC_URL: publicUrl, ADMIN_EMAILS: emails } = env;
  if (issuer === null || clientId === null || clientSecret === null || publicUrl === null) return null;
  const adminEmails = (emails ?? '').split(',').map((email) => email.trim().toLowerCase());
  return {
    issuer,
    clientId,
    clientSecret,
    publicUrl,
    adminEmails: adminEmails.filter((email) => email !== ''),
  };
}

/**
 * Checks the identity provider before anything starts: otherwise the first person to sign in would find out that a setting is missing.
 * @throws ConfigurationError with one sentence for the operator.
 */
export function assertSignInComplete(env: Environment): void {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, PUBLIC_URL } = env;
  const own = { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET };
  if (Object.values(own).every((value) => value === null)) return;
  const missing = Object.entries({ ...own, PUBLIC_URL }).flatMap(([name, value]) =>
    value === null ? [name] : [],
  );
  if (missing.length > 0) {
    throw new ConfigurationError(
      `People can sign in once ${missing.join(' and ')} is set as well, or none of OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.`,
    );
  }
  if (!isSafeIssuer(OIDC_ISSUER ?? '')) {
    throw new ConfigurationError(
      'OIDC_ISSUER must be an https address such as https://id.example.com; http will do on this machine only.',
    );
  }
}

function isSafeIssuer(issuer: string): boolean {
  if (!URL.canParse(issuer)) return false;
  const { protocol, hostname, search, hash } = new URL(issuer);
  if (search !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK_HOST.test(hostname));
}
