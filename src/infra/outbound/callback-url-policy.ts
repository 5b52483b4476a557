import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { ValidationError } from '../../kernel/index.js';
import { AppConfig } from '../config/index.js';
import { AllowedHosts } from './allowed-hosts.js';
import { isPublicAddress } from './public-address.js';

export const MAX_CALLBACK_URL_LENGTH = 2048;

/** URL parsers silently drop or encode these; the log should show what was sent. */
const BLANK_OR_CONTROL = /[\s\p{Cc}]/u;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * Decides which addresses a request may make this service call: the public Internet, and what the operator allows. A name can be judged
 * only once it is resolved, when connecting ({@link createGuardedAgent}). A URL that is bad in itself is refused together with the request
 * that contains it.
 */
@Injectable()
export class CallbackUrlPolicy {
  private readonly allowed: AllowedHosts;

  constructor(config: AppConfig) {
    this.allowed = new AllowedHosts(config.webhookAllowedHosts);
  }

  /**
   * @param pointer the URL's position in the body, such as `/callback_url`.
   * @throws ValidationError `VALIDATION_FAILED`
   */
  assertAllowed(url: string, pointer: string): void {
    const problem = this.findProblem(url);
    if (problem === null) return;
    throw new ValidationError(`Send another ${pointer.slice(1)}: it ${problem}.`, [
      { pointer, message: problem },
    ]);
  }

  /** @returns the fault of the URL, such as "must be a valid URL"; null when it has none. */
  findProblem(text: string): string | null {
    if (text.length > MAX_CALLBACK_URL_LENGTH) return `must be at most ${MAX_CALLBACK_URL_LENGTH} characters`;
    if (BLANK_OR_CONTROL.test(text) || !URL.canParse(text)) return 'must be a valid URL';
    const url = new URL(text);
    if (!(url.protocol in DEFAULT_PORTS)) return 'must begin with https:// or http://';
    if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
    return this.allowsLiteral(url) ? null : 'must lead to a public host';
  }

  /** Whether the operator allows this host whatever it resolves to. */
  vouchesFor(host: string, port: number): boolean {
    return this.allowed.hasHost(host, port);
  }

  /** @param address the address as a resolver writes it. */
  allowsAddress(address: string): boolean {
    return isPublicAddress(address) || this.allowed.hasAddress(address);
  }

  /** The URL parser has normalised all spellings of an address (decimal, octal, hex). */
  private allowsLiteral(url: URL): boolean {
    const host = bareHost(url.hostname);
    const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port);
    if (port !== undefined && this.vouchesFor(host, port)) return true;
    if (isIP(host) !== 0) return this.allowsAddress(host);
    return !/(?:^|\.)localhost\.?$/.test(host);
  }
}

/** Removes the brackets that a URL puts around an IPv6 address. */
export function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
