import { toUSVString } from 'node:util';
import { SignInFailedError } from './errors.js';

/** The person who signed in, according to the provider. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  /** An address verified by the provider; null for none. */
  readonly email: string | null;
  /** An address not verified by the provider. */
  readonly unverifiedEmail: string | null;
}

/** Claims as sent by the provider, once their signature is checked. */
export type Claims = Readonly<Record<string, unknown>>;

const MAX_SUBJECT_LENGTH = 255;
const MAX_NAME_LENGTH = 200;
const MAX_EMAIL_LENGTH = 254;
const EMAIL = /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u;

/** @throws SignInFailedError `SIGN_IN_FAILED` for claims without a valid subject. */
export function readIdentity(issuer: string, claims: Claims): Identity {
  const { sub, email, email_verified: isVerified } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT_LENGTH || /\p{C}/u.test(sub)) {
    throw new SignInFailedError('the identity provider named no user');
  }
  const address =
    typeof email === 'string' && email.length <= MAX_EMAIL_LENGTH && EMAIL.test(email) ? email : null;
  return {
    issuer,
    subject: sub,
    name: readName(claims) ?? address ?? sub.slice(0, MAX_NAME_LENGTH),
    email: isVerified === true ? address : null,
    unverifiedEmail: isVerified === true ? null : address,
  };
}

function readName({ name, preferred_username: userName, nickname }: Claims): string | null {
  for (const each of [name, userName, nickname]) {
    if (typeof each !== 'string') continue;
    const text = toUSVString(
      each
        .replaceAll(/\p{C}+/gu, ' ')
        .trim()
        .slice(0, MAX_NAME_LENGTH),
    );
    if (text !== '') return text;
  }
  return null;
}
